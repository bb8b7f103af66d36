// Words of the review page.
export default {
  review: {
    title: "复核",
    lead: "模型没有把握的声音。请听一听并说明它是什么：决定与声音的嵌入一同保存，并立即改变对这台设备的判断。",
    show: "显示", "tab.open": "待听", "tab.decided": "已决定", list: "声音",
    none: "没有待复核的声音", "none.text": "模型没有把握的声音会自动出现在这里。",
    noneDecided: "还没有决定", "noneDecided.text": "您的决定会出现在这里，并可撤销。",
    "reason.undetermined": "没把握", "reason.near_miss": "险些报警", "reason.manual": "人工提出",
    "why.undetermined": "没有标签达到阈值；最接近的是“{label}”，置信度 {confidence}。",
    "why.near_miss": "险些报警：“{label}”连续出现后中断。此窗口得分 {confidence}。",
    "why.manual": "有人要求复听这段声音。模型判断为“{label}”，置信度 {confidence}。",
    sound: "声音", window: "窗口", scores: "模型听到的",
    noClip: "没有保存声音", "noClip.text": "该设备已关闭录音，或片段已过期。仍可依据得分作出决定。",
    question: "这是什么？", confirm: "是：{label}", other: "是别的声音",
    reject: "不是“{label}”，但说不出是什么", unusable: "无法判断",
    comment: "备注", "comment.hint": "可选", user: "您的姓名", "user.hint": "用于记录",
    keys: "快捷键：1–9 选择，X 不是，U 无法判断，P 播放，J/K 下一条/上一条。",
    kept: "{decision}。已保存，谢谢。", change: "{from} → {to}：{windows}", stop: "。", undo: "撤销", undone: "已撤销该决定。",
    by: "{user}，{time}",
    "decided.confirm": "已确认：{label}", "decided.label": "已命名：{label}", "decided.reject": "不是：{label}", "decided.unusable": "无法判断",
  },
};
