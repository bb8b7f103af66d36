export default {
system: {
 about: "{site} · {node} · 版本 {version} · 已运行 {uptime}", problems: "存在的问题", well: "一切运转正常。",
 open: "打开设备",
 flow: "从声音到结果", "windows.perSecond": "每秒窗口数", "windows.queued": "等待的窗口", "windows.total": "启动以来的窗口",
 latency: "声音到结果（中位数）", inference: "模型（中位数）", drops: "丢弃", "drops.value": "{chunks} 个音频块，{windows} 个窗口",
 p95p99: "p95 {p95}，p99 {p99}", p99: "p99 {p99}", stretch: "边缘盒繁忙：窗口间隔为配置值的 {factor} 倍。",
 machines: "设备", "machines.online": "正在发送声音",
 broker: "消息代理", "broker.url": "地址", "broker.since": "始于", "broker.detail": "详情",
 "broker.connected": "已连接", "broker.connecting": "正在连接", "broker.disconnected": "已断开", "broker.refused": "被拒绝", "broker.stopped": "已停止",
 outbox: "发件箱", "outbox.pending": "等待发送", "outbox.oldest": "最早一条", "outbox.error": "最近错误", "outbox.empty": "无，所有事件均已送达", "outbox.waiting": "{count} 条事件",
 store: "存储", "store.path": "趋势记录", "store.size": "大小", "store.free": "磁盘剩余", "store.retain": "保留时间", "store.clips": "声音片段", "store.clips.value": "{count} 段，{size}", "store.noClips": "录音已关闭", "store.forever": "不限", "store.used": "已用 {used}，剩余 {free}",
 model: "模型", "model.name": "名称", "model.signature": "签名", "model.instructions": "计算内核", "model.workers": "工作线程", "model.dimension": "嵌入维数", card: "模型说明卡",
 process: "服务", "process.version": "版本", "process.node": "节点", "process.started": "启动", "process.memory": "内存", "process.threads": "线程",
 "link.api": "接口说明", "link.metrics": "指标", "link.ready": "就绪状态",
},
};
