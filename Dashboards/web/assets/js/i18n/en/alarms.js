export default {
alarms: {
 state: "State", "state.active": "Active", "state.past": "Past", "state.all": "All",
 machine: "Machine", anyMachine: "Every machine", label: "Fault", anyLabel: "Every fault",
 severity: "Severity", anySeverity: "Every severity", period: "Raised", anyTime: "At any time",
 "period.1d": "Last 24 hours", "period.7d": "Last 7 days", "period.30d": "Last 30 days", "period.90d": "Last 90 days",
 csv: "Export CSV", figures: "{confidence} over {count} windows", stale: "no fresh sound",
 "col.severity": "Severity", "col.alarm": "Alarm", "col.raised": "Raised", "col.length": "Duration", "col.state": "State", "col.action": "Action",
 none: "No active alarm", "none.text": "Every fault that repeats over consecutive windows appears here at once.",
 nonePast: "No past alarms in the log", noMatch: "No alarm matches", clear: "Clear filters",
},
alarm: {
 evidence: "Evidence", facts: "Facts", history: "History", trend: "Show trend",
 raised: "Raised", cleared: "Over", notYet: "not yet", length: "Duration", confidence: "Confidence", needed: "needed {value}",
 windows: "Windows", "windows.value": "{count} in a row, {required} needed", quality: "Quality",
 acknowledged: "Acknowledged", comment: "Comment", id: "Alarm",
 action: "What to do",
},
quality: {
 good: "good", stale: "stale: no fresh sound",
},
order: {
 acknowledge: "Acknowledge", shelve: "Shelve", unshelve: "Unshelve", reset: "Reset", "out-of-service": "Out of service", "in-service": "Back into service", oneShot: "until it is over once",
},
hidden: {
 machine_stopped: "machine stopped", machine_starting: "machine starting", disturbed: "disturbed", condition: "fault present",
},
insight: {
 hidden: "Hidden alarms", stats: "Key figures, last 24 hours", audit: "Audit trail",
},
stats: {
 rate: "Alarms", hourly: "{mean}/h, max {most}/h", minute: "/min", floods: "Floods (10 in 10 min)", chattering: "Chattering (3/min)", standing: "Standing over 24 h", frequent: "Most frequent", none: "none",
},
};
