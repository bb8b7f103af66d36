export default {
system: {
 about: "{site} · {node} · version {version} · running for {uptime}", problems: "What is wrong", well: "Everything works as it should.",
 open: "Open machine",
 flow: "From sound to answer", "windows.perSecond": "Windows per second", "windows.queued": "Waiting windows", "windows.total": "Windows since start",
 latency: "Sound to answer, median", inference: "Model, median", drops: "Dropped", "drops.value": "{chunks} chunks, {windows} windows",
 p95p99: "p95 {p95}, p99 {p99}", p99: "p99 {p99}", stretch: "The box is busy: windows are taken {factor} times as far apart as configured.",
 machines: "Machines", "machines.online": "Sending sound",
 broker: "Broker", "broker.url": "Address", "broker.since": "Since", "broker.detail": "Detail",
 "broker.connected": "Connected", "broker.connecting": "Connecting", "broker.disconnected": "Disconnected", "broker.refused": "Refused", "broker.stopped": "Stopped",
 outbox: "Outbox", "outbox.pending": "Waiting", "outbox.oldest": "Oldest", "outbox.error": "Last error", "outbox.empty": "nothing: every event is delivered", "outbox.waiting": "{count} events",
 store: "Storage", "store.path": "Trend log", "store.size": "Size", "store.free": "Free on disk", "store.retain": "Kept for", "store.clips": "Sound clips", "store.clips.value": "{count}, {size}", "store.noClips": "capture is off", "store.forever": "without limit", "store.used": "{used} used, {free} free",
 model: "Model", "model.name": "Name", "model.signature": "Signature", "model.instructions": "Kernels", "model.workers": "Workers", "model.dimension": "Embedding", card: "Model card",
 process: "Service", "process.version": "Version", "process.node": "Node", "process.started": "Started", "process.memory": "Memory", "process.threads": "Threads",
 "link.api": "API description", "link.metrics": "Metrics", "link.ready": "Readiness",
},
};
