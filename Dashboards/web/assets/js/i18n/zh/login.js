export default {
  "login.title": "登录", "login.text": "请使用此边缘盒上的账户登录。",
  "login.user": "用户名", "login.password": "密码", "login.go": "登录",
  "login.wrong": "用户名或密码不正确。", "login.tooMany": "尝试次数过多，请稍等一分钟再试。",
  "login.help": "还没有账户？请在边缘盒上运行：",
};
