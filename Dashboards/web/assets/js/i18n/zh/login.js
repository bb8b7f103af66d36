export default {
login: {
 title: "登录", text: "请使用此边缘盒上的账户登录。",
 user: "用户名", password: "密码", go: "登录",
 wrong: "用户名或密码不正确。", tooMany: "尝试次数过多，请稍等一分钟再试。",
 help: "还没有账户？请在边缘盒上运行：",
},
};
