export default {
ack: {
 button: "确认", title: "确认报警",
 text: "表示您已看到{machine}的“{label}”并会处理。声音恢复正常之前，报警会一直保留。",
 user: "您的姓名", comment: "备注（可选）", "comment.hint": "发现了什么，做了什么",
 done: "“{label}”已确认",
},
};
