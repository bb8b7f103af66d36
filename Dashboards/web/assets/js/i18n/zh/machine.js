export default {
machine: {
 health: "健康度", window: "窗口 {length}，间隔 {hop}", heard: "{ago}听到", never: "从未听到", noSignal: "无信号",
 now: "现在的判断", noWindow: "还没有完成分类的窗口。",
 undetermined: "未定：没有足够明确的结果。最接近的是{label}，{value}。", verdict: "{label}，{value}",
 old: "没有收到声音。最后听到：{label}，{value}",
 why: "为什么报警，为什么不报警", "why.aside": "连续窗口", count: "{required} 个窗口中的 {count} 个",
 counts: "计入：高于 {threshold}", countsNot: "不计入：需作为最高标签达到 {threshold}",
 changeCounts: "计入：超过界限 {limit}，且没有故障标签可以解释", changeCountsNot: "不计入：须超过界限 {limit}，且没有故障标签可以解释",
 trend: "置信度趋势", range: "时间范围", "range.15m": "15 分钟", "range.1h": "1 小时", "range.6h": "6 小时", "range.24h": "24 小时", "range.7d": "7 天", "range.30d": "30 天", "range.90d": "90 天",
 "peak.label": "每个点的取值", peak: "最高", mean: "平均", earlier: "更早", later: "更晚", zoomIn: "放大", zoomOut: "缩小",
 lines: "曲线", toggle: "显示或隐藏这条曲线", showing: "{from} 至 {to}，每点 {step}", toNow: "现在", zoomTo: "显示这一段",
 "trend.help": "加号和减号缩放，左右方向键移动。拖动可选择一段，按住 Shift 拖动可平移。图下的列表列出所示的报警和险些报警。",
 "key.run": "触发报警的连续窗口", "key.miss": "险些报警", "key.gap": "报警", "key.stale": "无声音或未分类",
 "event.past": "{label}：报警持续 {length}", "event.open": "{label}：已报警 {length}", "event.miss": "{label}，险些报警。{text}",
 latest: "最近 30 秒", spectrogram: "最新声音的频谱图", refresh: "刷新", captureOff: "配置中已关闭此设备的录音。",
 evidence: "报警与证据", "evidence.all": "全部报警", "evidence.open": "证据", "evidence.page": "打开报警",
 noAlarms: "至今没有报警", "noAlarms.text": "某个故障在连续窗口中重复出现时，其声音会被保留并显示在这里。",
},
novelty: {
 title: "与正常声音的偏离", limit: "界限 {limit}", key: "超过界限；连续出现即为：{label}",
 above: "{count} 个窗口超过", summary: "图带：设备声音偏离其正常声音的程度。数值 {value}，界限 {limit}，{count} 个窗口超过。",
},
chart: {
 label: "图表：各标签置信度随时间的变化", missing: "边缘盒上没有安装图表库（软件包 libjs-dygraphs）。",
 no_audio: "无声音", not_classified: "未分类", threshold: "阈值 {value}", inAlarm: "报警：{label}", nearMiss: "险些报警，{label}：{text}",
},
};
