export default {
  "ack.button": "确认", "ack.title": "确认报警",
  "ack.text": "表示您已看到{machine}的“{label}”并会处理。声音恢复正常之前，报警会一直保留。",
  "ack.user": "您的姓名", "ack.comment": "备注（可选）", "ack.comment.hint": "发现了什么，做了什么",
  "ack.done": "“{label}”已确认",
};
