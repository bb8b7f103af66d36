// Words of a machine's outlook.
export default {
  "outlook.title": "变化趋向", "outlook.about": "按 {memory}平滑；斜率误差假定各窗口相互独立，应视为下限。",
  "outlook.novelty": "与正常声音的偏离", "outlook.slope": "{value}，每小时 {slope}{error} 个百分点", "outlook.slope.novelty": "{value}，每小时 {slope}{error}",
  "outlook.between": "若照此发展，将在 {earliest} 至 {latest} 之间达到 {limit}", "outlook.reached": "已高于 {limit}",
  "outlook.history_too_short": "无预测：可依据的声音不足六小时", "outlook.no_slope": "无预测：没有明显上升",
  "outlook.too_far_off": "无预测：虽在上升，但距 {limit} 尚远", "outlook.notYet": "尚未作出预测",
  "outlook.noveltyLimit": "界限 {limit}；不作预测", "outlook.made": "预测时间：{time}",
};
