export default {
  "alarms.state": "状态", "alarms.state.active": "活动", "alarms.state.past": "历史", "alarms.state.all": "全部",
  "alarms.machine": "设备", "alarms.anyMachine": "所有设备", "alarms.label": "故障", "alarms.anyLabel": "所有故障",
  "alarms.severity": "级别", "alarms.anySeverity": "所有级别", "alarms.period": "触发时间", "alarms.anyTime": "任意时间",
  "alarms.period.1d": "最近 24 小时", "alarms.period.7d": "最近 7 天", "alarms.period.30d": "最近 30 天", "alarms.period.90d": "最近 90 天",
  "alarms.csv": "导出 CSV", "alarms.figures": "{confidence}，{count} 个窗口", "alarms.stale": "没有新的声音",
  "alarms.col.severity": "级别", "alarms.col.alarm": "报警", "alarms.col.raised": "触发", "alarms.col.length": "持续", "alarms.col.state": "状态", "alarms.col.action": "操作",
  "alarms.none": "没有活动报警", "alarms.none.text": "任何故障在连续窗口中重复出现，都会立即显示在这里。",
  "alarms.nonePast": "记录中没有历史报警", "alarms.noMatch": "没有符合条件的报警", "alarms.clear": "清除筛选",
  "alarm.evidence": "证据", "alarm.facts": "要点", "alarm.history": "经过", "alarm.trend": "查看趋势",
  "alarm.raised": "触发", "alarm.cleared": "恢复", "alarm.notYet": "尚未", "alarm.length": "持续", "alarm.confidence": "置信度", "alarm.needed": "需要 {value}",
  "alarm.windows": "窗口", "alarm.windows.value": "连续 {count} 个，需要 {required} 个", "alarm.quality": "质量", "quality.good": "良好", "quality.stale": "陈旧：没有新的声音",
  "alarm.acknowledged": "确认", "alarm.comment": "备注", "alarm.id": "报警编号",
};
