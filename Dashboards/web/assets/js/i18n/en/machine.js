export default {
machine: {
 health: "Health", window: "windows of {length} every {hop}", heard: "heard {ago}", never: "never heard", noSignal: "no signal",
 now: "What it says now", noWindow: "No window has been classified yet.",
 undetermined: "Undetermined: nothing is clear enough. Closest is {label} at {value}.", verdict: "{label}, {value}",
 old: "No sound arrives. Last heard: {label}, {value}",
 why: "Why, or why not", "why.aside": "windows in a row", count: "{count} of {required} windows",
 counts: "counts: above {threshold}", countsNot: "does not count: needed {threshold} as the highest label",
 changeCounts: "counts: above its limit {limit}, and no fault label explains it", changeCountsNot: "does not count: needed more than its limit {limit} without a fault label that explains it",
 trend: "Confidence over time", range: "Range", "range.15m": "15 min", "range.1h": "1 h", "range.6h": "6 h", "range.24h": "24 h", "range.7d": "7 d", "range.30d": "30 d", "range.90d": "90 d",
 "peak.label": "Value of each point", peak: "Highest", mean: "Mean", earlier: "Earlier", later: "Later", zoomIn: "Zoom in", zoomOut: "Zoom out",
 lines: "Lines", toggle: "Show or hide this line", showing: "{from} to {to}, one point per {step}", toNow: "now", zoomTo: "Show this stretch",
 "trend.help": "Plus and minus zoom, the left and right arrow keys move. Dragging selects a stretch, dragging with shift moves. The list below the chart names the alarms and near misses shown.",
 "key.run": "run that raised an alarm", "key.miss": "near miss", "key.gap": "alarm", "key.stale": "no sound or not classified",
 "event.past": "{label}: alarm for {length}", "event.open": "{label}: alarm since {length}", "event.miss": "{label}, near miss. {text}",
 latest: "The last 30 seconds", spectrogram: "Spectrogram of the latest sound", refresh: "Refresh", captureOff: "Sound capture is switched off for this machine in the configuration.",
 evidence: "Alarms and their evidence", "evidence.all": "All alarms", "evidence.open": "Evidence", "evidence.page": "Open alarm",
 noAlarms: "No alarm so far", "noAlarms.text": "When a fault repeats over consecutive windows, its sound is kept and shown here.",
},
novelty: {
 title: "Unlike its normal sound", limit: "limit {limit}", key: "above the limit; repeated: {label}",
 above: { one: "{count} window above it", other: "{count} windows above it" }, summary: "Strip: how unlike its normal sound the machine was. Value {value}, limit {limit}, {count} windows above it.",
},
chart: {
 label: "Chart: confidence of every label over time", missing: "The chart library is not installed on the box (package libjs-dygraphs).",
 no_audio: "no sound", not_classified: "not classified", threshold: "threshold {value}", inAlarm: "alarm: {label}", nearMiss: "near miss, {label}: {text}",
},
};
