export default {
  "alarms.state": "State", "alarms.state.active": "Active", "alarms.state.past": "Past", "alarms.state.all": "All",
  "alarms.machine": "Machine", "alarms.anyMachine": "Every machine", "alarms.label": "Fault", "alarms.anyLabel": "Every fault",
  "alarms.severity": "Severity", "alarms.anySeverity": "Every severity", "alarms.period": "Raised", "alarms.anyTime": "At any time",
  "alarms.period.1d": "Last 24 hours", "alarms.period.7d": "Last 7 days", "alarms.period.30d": "Last 30 days", "alarms.period.90d": "Last 90 days",
  "alarms.csv": "Export CSV", "alarms.figures": "{confidence} over {count} windows", "alarms.stale": "no fresh sound",
  "alarms.col.severity": "Severity", "alarms.col.alarm": "Alarm", "alarms.col.raised": "Raised", "alarms.col.length": "Duration", "alarms.col.state": "State", "alarms.col.action": "Action",
  "alarms.none": "No active alarm", "alarms.none.text": "Every fault that repeats over consecutive windows appears here at once.",
  "alarms.nonePast": "No past alarms in the log", "alarms.noMatch": "No alarm matches", "alarms.clear": "Clear filters",
  "alarm.evidence": "Evidence", "alarm.facts": "Facts", "alarm.history": "History", "alarm.trend": "Show trend",
  "alarm.raised": "Raised", "alarm.cleared": "Over", "alarm.notYet": "not yet", "alarm.length": "Duration", "alarm.confidence": "Confidence", "alarm.needed": "needed {value}",
  "alarm.windows": "Windows", "alarm.windows.value": "{count} in a row, {required} needed", "alarm.quality": "Quality", "quality.good": "good", "quality.stale": "stale: no fresh sound",
  "alarm.acknowledged": "Acknowledged", "alarm.comment": "Comment", "alarm.id": "Alarm",
};
