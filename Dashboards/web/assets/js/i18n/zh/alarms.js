export default {
alarms: {
 state: "状态", "state.active": "活动", "state.past": "历史", "state.all": "全部",
 machine: "设备", anyMachine: "所有设备", label: "故障", anyLabel: "所有故障",
 severity: "级别", anySeverity: "所有级别", period: "触发时间", anyTime: "任意时间",
 "period.1d": "最近 24 小时", "period.7d": "最近 7 天", "period.30d": "最近 30 天", "period.90d": "最近 90 天",
 csv: "导出 CSV", figures: "{confidence}，{count} 个窗口", stale: "没有新的声音",
 "col.severity": "级别", "col.alarm": "报警", "col.raised": "触发", "col.length": "持续", "col.state": "状态", "col.action": "操作",
 none: "没有活动报警", "none.text": "任何故障在连续窗口中重复出现，都会立即显示在这里。",
 nonePast: "记录中没有历史报警", noMatch: "没有符合条件的报警", clear: "清除筛选",
},
alarm: {
 evidence: "证据", facts: "要点", history: "经过", trend: "查看趋势",
 raised: "触发", cleared: "恢复", notYet: "尚未", length: "持续", confidence: "置信度", needed: "需要 {value}",
 windows: "窗口", "windows.value": "连续 {count} 个，需要 {required} 个", quality: "质量",
 acknowledged: "确认", comment: "备注", id: "报警编号",
 action: "处理措施",
},
quality: {
 good: "良好", stale: "陈旧：没有新的声音",
},
order: {
 acknowledge: "确认", shelve: "搁置", unshelve: "取消搁置", reset: "复位", "out-of-service": "停用", "in-service": "恢复使用", oneShot: "直到恢复一次",
},
hidden: {
 machine_stopped: "设备停机", machine_starting: "设备启动中", disturbed: "受干扰", condition: "故障存在",
},
insight: {
 hidden: "隐藏的报警", stats: "最近 24 小时指标", audit: "操作记录",
},
stats: {
 rate: "报警", hourly: "每小时 {mean} 次，最多 {most} 次", minute: " 次/分", floods: "泛滥（10 分钟 10 次）", chattering: "抖动（3 次/分）", standing: "超过 24 小时", frequent: "最频繁", none: "无",
},
};
