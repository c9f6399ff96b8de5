/** The login page's style; it works before anything else may be fetched. */
export const LOGIN_STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f6f6f4, #131417);
  color: light-dark(#1c1d20, #e8e8e6); }
.login { width: min(20rem, 90vw); }
h1 { font-size: 1.25rem; font-weight: 600; margin: 0 0 1.5rem; }
label { display: block; margin-bottom: .25rem; }
input, button { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem .75rem; border-radius: 8px;
  border: 1px solid light-dark(#8a8b90, #6d6f76); background: light-dark(#fff, #1c1d21); color: inherit; }
button { margin-top: .75rem; background: light-dark(#1c1d20, #e8e8e6); color: light-dark(#fff, #131417); border: 0; }
input:focus-visible, button:focus-visible { outline: 2px solid light-dark(#1f5fbf, #7db3ff); outline-offset: 2px; }
[role=alert] { color: light-dark(#a3261b, #ff9a8c); }
.hint { color: light-dark(#5c5d63, #a5a6ad); font-size: .875rem; }
`;
