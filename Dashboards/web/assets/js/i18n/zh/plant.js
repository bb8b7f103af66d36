export default {
plant: {
 title: "全厂", filter: "只显示", search: "查找设备",
 attention: "需要关注", well: "运行正常",
 all: "{count} 台设备声音全部正常",
 "head.critical": "{count} 台设备状态严重", "head.warning": "{count} 台设备有警告",
 "head.advisory": "{count} 台设备有提示", "head.unknown": "{count} 台设备无法判断",
 "head.offline": "{count} 台设备没有声音", "head.normal": "{count} 台设备声音正常",
 wall: "大屏模式", "wall.text": "铺满屏幕，适合控制室", "wall.leave": "退出大屏",
 none: "还没有设备", "none.text": "请在配置中添加设备并重新加载；收到第一段声音后设备会出现在这里。",
 noMatch: "没有符合条件的设备", clear: "显示全部设备",
 unacknowledged: "未确认", health: "健康度", spark: "最近一小时最高故障置信度",
 since: "始于 {time}", alarms: "{count} 条报警",
 returned: "{label}已恢复，未确认",
 undetermined: "未定", closest: "最接近：{label}", nothing: "尚未听到",
 silent: "没有收到声音", noSignal: "无信号", heard: "{ago}听到", never: "从未听到",
},
};
