export default {
outlook: {
 title: "变化趋向", about: "按 {memory}平滑；斜率误差假定各窗口相互独立，应视为下限。",
 novelty: "与正常声音的偏离", slope: "{value}，每小时 {slope}{error} 个百分点", "slope.novelty": "{value}，每小时 {slope}{error}",
 between: "若照此发展，将在 {earliest} 至 {latest} 之间达到 {limit}", reached: "已高于 {limit}",
 history_too_short: "无预测：可依据的声音不足六小时", no_slope: "无预测：没有明显上升",
 too_far_off: "无预测：虽在上升，但距 {limit} 尚远", notYet: "尚未作出预测",
 noveltyLimit: "界限 {limit}；不作预测", made: "预测时间：{time}",
},
};
