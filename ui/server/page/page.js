var h,
  ee,
  fe,
  S,
  z,
  F,
  _e,
  E,
  ne,
  V,
  O,
  pe,
  D = Symbol.for("pv"),
  H = {},
  I = [],
  ae = /^m(i|n|o|s|text|space)$/,
  q = Array.isArray,
  te = I.slice,
  W = Object.assign;
function U(_) {
  _ && _.parentNode && _.remove();
}
function L(_, e, n, r, i) {
  var o = {
    type: _,
    props: e,
    key: n,
    ref: r,
    __k: null,
    __: null,
    __b: 0,
    __e: null,
    __c: null,
    constructor: D,
    __v: i || ++ee,
    __i: -1,
    __u: 0,
  };
  return !i && h.vnode && h.vnode(o), o;
}
function j(_) {
  return _.children;
}
function A(_, e) {
  this.props = _, this.context = e, this.__g = 0;
}
function P(_, e) {
  if (e == null) return _.__ && P(_.__, _.__i + 1);
  for (var n; e < _.__k.length; e++) if ((n = _.__k[e]) && n.__e) return n.__e;
  return typeof _.type != "function" || _.props.__P ? null : P(_);
}
function he(_) {
  var e, n = _.__v, r = n.__e, i = [], o = [], u = _.__P;
  u &&
    ((e = W({ constructor: D }, n)).__v = n.__v + 1,
      h.vnode && h.vnode(e),
      G(u, e, n, _.__n, u.namespaceURI, 32 & n.__u ? [r] : null, i, r || P(n), 32 & n.__u, o),
      e.__v = n.__v,
      e.__.__k[e.__i] = e,
      se(i, e, o),
      n.__ = n.__e = null,
      e.__e != r && oe(e));
}
function oe(_) {
  if ((_ = _.__) && _.__c && !_.props.__P) {
    return _.__e = null,
      _.__k.some(function (e) {
        return e && (_.__e = e.__e);
      }),
      oe(_);
  }
}
function Y(_) {
  (8 & _.__g || (_.__g |= 8, S.push(_), F++)) && z == h.debounceRendering ||
    ((z = h.debounceRendering) || queueMicrotask)(re);
}
function re() {
  try {
    for (var _, e = 1; S.length;) S.length > e && S.sort(_e), _ = S.shift(), e = S.length, 8 & _.__g && he(_);
  } finally {
    (F = S.length) && (z || queueMicrotask)(re);
  }
}
function ie(_, e, n, r, i, o, u, l, p, v, s) {
  var m, d, t, c, k, a, g = r.__k || I, f = e.length;
  for (p = de(n, e, g, p, f), m = 0; m < f; m++) {
    (t = n.__k[m]) != null &&
      (d = ~t.__i && g[t.__i] || H,
        t.__i = m,
        a = G(_, t, d, i, o, u, l, p, v, s),
        c = t.__e,
        (d.ref != t.ref || 8 & d.__u) &&
        (d.ref && J(d.ref, null, t, d), t.ref && s.push(t.ref, t.__c || c, t)),
        k = k || c,
        4 & t.__u
          ? (p = le(t, p, _, !d.__v), d.__e && (d.__e = null))
          : typeof t.type == "function" && a !== void 0
          ? p = a
          : c && (p = c.nextSibling),
        t.__u &= -21);
  }
  return n.__e = k, p;
}
function de(_, e, n, r, i) {
  var o, u, l, p, v, s, m, d, t, c = n.length, k = c, a = 0, g = 0, f = _.__k = Array(i);
  for (o = 0; o < i; o++) {
    (u = e[o]) != null && typeof u != "boolean" && typeof u != "function"
      ? (typeof u != "object" || u.constructor === String
        ? u = f[o] = L(null, u)
        : q(u)
        ? u = f[o] = L(j, { children: u })
        : u.constructor === D && u.__b
        ? u = f[o] = L(u.type, u.props, u.key, u.ref, u.__v)
        : f[o] = u,
        p = o + a,
        u.__ = _,
        u.__b = _.__b + 1,
        l = null,
        ~(v = u.__i = ge(u, n, p, k)) && (k--, (l = n[v]) && (l.__u |= 2)),
        l && l.__v
          ? (u.__u |= 16, v == p - 1 ? a-- : v == p + 1 ? a++ : v != p && (v > p ? a-- : a++, g = 1))
          : (~v || (i > c ? a-- : i < c && a++), typeof u.type != "function" && (u.__u |= 4)))
      : f[o] = null;
  }
  if (g) {
    for (s = [], m = [], o = 0; o < i; o++) {
      if ((u = f[o]) && 16 & u.__u) {
        for (a = 0, d = s.length; a < d;) s[t = a + d >> 1] < u.__i ? a = t + 1 : d = t;
        s[a] = u.__i, m[o] = a + 1;
      }
    }
    for (a = s.length; o--;) m[o] && (m[o] == a ? a-- : f[o].__u |= 4);
  }
  if (k) { for (o = 0; o < c; o++) !(l = n[o]) || 2 & l.__u || (l.__e == r && (r = P(l)), K(l, l)); }
  return r;
}
function le(_, e, n, r) {
  var i, o, u, l;
  if (typeof _.type == "function") {
    if (_.props.__P) return e;
    if (i = _.__k) { for (o = 0; o < i.length; o++) i[o] && (i[o].__ = _, e = le(i[o], e, n, !1)); }
    return e;
  }
  for (
    e && !e.parentNode && (e = P(_)) && !e.parentNode && (e = null), u = _.__e, l = e;
    l && l.nodeType == 8;
  ) l = l.nextSibling;
  for (
    u != l && (!r && n.moveBefore && u.parentNode ? n.moveBefore(u, e) : n.insertBefore(u, e || null)), e = u;
    (e = e && e.nextSibling) && e.nodeType == 8 && !e.data.startsWith("$s");
  );
  return e;
}
function ge(_, e, n, r) {
  var i, o = _.key, u = _.type, l = e[n], p = l && !(2 & l.__u);
  if (l === null && o == null || p && o == l.key && u == l.type) return n;
  if (r > (p ? 1 : 0)) {
    for (i = n - 1; i >= 0; i--) if ((l = e[i]) && !(2 & l.__u) && o == l.key && u == l.type) return i;
    for (i = n + 1; i < e.length; i++) if ((l = e[i]) && !(2 & l.__u) && o == l.key && u == l.type) return i;
  }
  return -1;
}
function Z(_, e, n) {
  n == null && (n = ""), e[0] == "-" ? _.setProperty(e, n) : _[e] = n;
}
function $(_, e, n, r, i) {
  var o, u;
  if (e == "style") {
    if (typeof n == "string") _.style.cssText = n;
    else {
      if (typeof r == "string" && (_.style.cssText = r = ""), r) {
        for (e in r) {
          n && e in n || Z(_.style, e);
        }
      }
      if (n) { for (e in n) r && n[e] == r[e] || Z(_.style, e, n[e]); }
    }
  } else if (e[0] == "o" && e[1] == "n") {
    typeof n != "function" && (n = null),
      typeof r != "function" && (r = null),
      (_.__e || (_.__e = {}))[e] = n,
      n && r ||
      (u = O[e] || (O[e] = ye(e)),
        (_.__a || (_.__a = {}))[e] = V,
        o = e != (e = e.replace(ne, "$1")),
        (e = e.slice(2))[0] < "a" && (e = e.toLowerCase()),
        n ? _.addEventListener(e, u, o) : _.removeEventListener(e, u, o));
  } else {
    if (i == "http://www.w3.org/2000/svg") e = e.replace(/xlink(H|:h)/, "h").replace(/sName$/, "s");
    else if (
      e != "width" && e != "height" && e != "href" && e != "list" && e != "form" && e != "tabIndex" &&
      e != "download" && e != "rowSpan" && e != "colSpan" && e != "role" && e != "popover" && e in _
    ) {
      try {
        return void (_[e] = n ?? "");
      } catch {}
    }
    if (typeof n == "function") return;
    n == null || n === !1 && e[4] != "-"
      ? _.removeAttribute(e)
      : _.setAttribute(e, e == "popover" && n == 1 ? "" : n);
  }
}
function ye(_) {
  return function (e) {
    var n = this.__e;
    if (n) {
      if (n = n[_], e[E] == null) e[E] = V++;
      else if (e[E] < this.__a[_]) return;
      return n(h.event ? h.event(e) : e);
    }
  };
}
function G(_, e, n, r, i, o, u, l, p, v) {
  var s, m, d, t, c, k, a, g, f, b, y, B, Q, N, T, X, C, M, x = e.type;
  if (e.constructor !== D) return null;
  128 & n.__u && (p = 32 & n.__u, s = n.__c.__z) &&
  (e.__u |= p, m = o = [], s.nodeType == 8 ? l = R(s, o) : o.push(s), l = o[0] || l), (s = h.__b) && s(e);
  e: if (typeof x == "function") {
    d = u.length;
    try {
      if (
        g = e.props,
          f = (s = x.prototype) && s.render,
          b = (s = x.contextType) && r[s.__c],
          y = s ? b ? b.props.value : s.__ : r,
          (t = n.__c)
            ? (e.__c = t, 2 & t.__g && (t.__g |= 1))
            : (f ? e.__c = t = new x(g, y) : (e.__c = t = new A(g, y), t.constructor = x, t.render = ve),
              b && b.sub(t),
              t.state || (t.state = {}),
              t.__n = r,
              t.__g |= 8,
              t.__h = [],
              t.__k = []),
          f &&
          (t.__s || (t.__s = t.state),
            x.getDerivedStateFromProps &&
            (t.__s == t.state && (t.__s = W({}, t.__s)), W(t.__s, x.getDerivedStateFromProps(g, t.__s)))),
          c = t.props,
          k = t.state,
          t.__v = e,
          n.__c
      ) {
        if (
          g !== c && f && !x.getDerivedStateFromProps && t.componentWillReceiveProps &&
          t.componentWillReceiveProps(g, y),
            e.__v == n.__v && !(8 & t.__g) ||
            !(4 & t.__g) && t.shouldComponentUpdate && t.shouldComponentUpdate(g, t.__s, y) === !1
        ) {
          e.__v != n.__v && (t.props = g, t.state = t.__s, t.__g &= -9),
            e.__e = n.__e,
            e.__k = n.__k,
            e.__k.some(function (w) {
              w && (w.__ = e);
            }),
            I.push.apply(t.__h, t.__k),
            t.__k = [],
            t.__h.length && u.push(t),
            l = P(n);
          break e;
        }
        t.componentWillUpdate && t.componentWillUpdate(g, t.__s, y),
          f && t.componentDidUpdate && t.__h.push(function () {
            t.componentDidUpdate(c, k, a);
          });
      } else {f && !x.getDerivedStateFromProps && t.componentWillMount && t.componentWillMount(),
          f && t.componentDidMount && t.__h.push(t.componentDidMount);}
      t.context = y, t.props = g, t.__P = _, t.__g &= -5, B = h.__r, Q = f ? 25 : 0;
      do t.__g &= -9, B && B(e), s = t.render(t.props, t.state = t.__s, t.context); while (
        8 & t.__g && ++Q < 25
      );
      f && (I.push.apply(t.__h, t.__k), t.__k = []),
        t.state = t.__s,
        t.getChildContext && (r = W({}, r, t.getChildContext())),
        f && n.__c && t.getSnapshotBeforeUpdate && (a = t.getSnapshotBeforeUpdate(c, k)),
        N = s && s.type === j && s.key == null ? s.props.children : s,
        g.__P &&
        (s = l,
          i = (_ = g.__P).namespaceURI,
          p = o = null,
          n.props && n.props.__P != _ && (n.__k.some(function (w) {
            w && K(w, w);
          }),
            n.__k = null),
          l = n.__k ? P(n, 0) : null),
        l = ie(_, q(N) ? N : [N], e, n, r, i, o, u, l, p, v),
        g.__P && (e.__e = null, l = s),
        e.__u &= -161,
        m && m.some(U),
        t.__h.length && u.push(t),
        1 & t.__g && (t.__g &= -4);
    } catch (w) {
      if (u.length = d, e.__v = null, p || o) {
        if (w && w.then) {
          if (e.__u |= 128 | p, o) {
            for (~(C = o.indexOf(l || void 0)) || (C = o.length); (M = o[C - 1]) && M.nodeType == 8;) C--;
            for (; C < o.length; C++) {
              if (M = o[C]) {
                if (o[C] = null, T) { if (M == X) break; }
                else {
                  if (M.nodeType != 8) break;
                  M.data.startsWith("$s") && (X = R(T = M));
                }
              }
            }
          }
          if (!T) {
            for (; l && l.nodeType == 8 && l.nextSibling;) l = l.nextSibling;
            T = l;
          }
          (s = R(T = e.__c.__z || (e.__c.__z = T))) ? (e.__e = T, l = s) : e.__e = l, l = l && l.nextSibling;
        } else o && o.some(U);
      } else e.__e = n.__e;
      e.__k || (e.__k = n.__k || []), w && w.then || ue(e), h.__e(w, e, n);
    }
  } else l = e.__e = me(n.__e, e, n, r, i, o, u, p, v, _);
  return (s = h.diffed) && s(e), l;
}
function R(_, e) {
  if (_ && _.nodeType == 8 && _.data.startsWith("$s")) {
    for (var n = 1; _ = _.nextSibling;) {
      if (_.nodeType == 8) {
        if (_.data.startsWith("$s")) n++;
        else if (_.data.startsWith("/$s") && !--n) return _;
      }
      e && e.push(_);
    }
  }
}
function ue(_) {
  _ && (_.__c && (_.__c.__g |= 4), _.__k && _.__k.some(ue));
}
function se(_, e, n) {
  for (var r = 0; r < n.length;) J(n[r++], n[r++], n[r++]);
  h.__c && h.__c(e, _),
    _.some(function (i) {
      try {
        _ = i.__h,
          i.__h = [],
          _.some(function (o) {
            o.call(i);
          });
      } catch (o) {
        h.__e(o, i.__v);
      }
    });
}
function me(_, e, n, r, i, o, u, l, p, v) {
  var s, m, d, t, c, k, a, g, f = n.props || H, b = e.props, y = e.type;
  if (
    y == "svg"
      ? i = "http://www.w3.org/2000/svg"
      : y == "math"
      ? i = "http://www.w3.org/1998/Math/MathML"
      : i || (i = "http://www.w3.org/1999/xhtml"), o
  ) {
    for (s = 0; s < o.length; s++) {
      if ((c = o[s]) && (y ? c.localName == y : c.nodeType == 3)) {
        _ = c, o[s] = null;
        break;
      }
    }
  }
  if (!_) {
    if (g = v.ownerDocument || document, !y) return g.createTextNode(b);
    _ = g.createElementNS(i, y, b.is ? b : v), l && (h.__m && h.__m(e, o), l = !1), o = null;
  }
  if (y) {
    if (
      v = y == "template" && _.content || _,
        o = y == "textarea" && b.defaultValue != null ? null : o && te.call(v.childNodes),
        !l && o
    ) { for (f = {}, s = 0; s < _.attributes.length; s++) f[(c = _.attributes[s]).name] = c.value; }
    for (s in f) {
      c = f[s],
        s == "dangerouslySetInnerHTML"
          ? d = c
          : s == "children" || s in b || s == "value" && "defaultValue" in b ||
            s == "checked" && "defaultChecked" in b || $(_, s, null, c, i);
    }
    for (s in b) {
      c = b[s],
        s == "children"
          ? t = c
          : s == "dangerouslySetInnerHTML"
          ? m = c
          : s == "value"
          ? k = c
          : s == "checked"
          ? a = c
          : l && typeof c != "function" || f[s] === c || $(_, s, c, f[s], i);
    }
    m
      ? (l || d && (m.__html == d.__html || m.__html == _.innerHTML) || (_.innerHTML = m.__html), e.__k = [])
      : (d && (_.textContent = ""),
        (y == "foreignObject" || i == "http://www.w3.org/1998/Math/MathML" && ae.test(y)) &&
        (i = "http://www.w3.org/1999/xhtml"),
        ie(v, q(t) ? t : [t], e, n, r, i, o, u, o ? o[0] : n.__k && P(n, 0), l, p),
        o && o.some(U)),
      l && y != "textarea" ||
      (s = "value",
        y == "progress" && k == null
          ? _.removeAttribute(s)
          : k == null || k === _[s] && (y != "progress" || k) || $(_, s, k, f[s], i),
        s = "checked",
        a != null && a != _[s] && $(_, s, a, f[s], i));
  } else f === b || l && _.data == b || (_.data = b);
  return _;
}
function J(_, e, n, r) {
  try {
    typeof _ == "function"
      ? e
        ? e.__x = _(e) || 1
        : r && (r = r.__c || r.__e) && (e = r.__x) && (r.__x = null, typeof e == "function" ? e() : _(null))
      : _.current = e;
  } catch (i) {
    h.__e(i, n);
  }
}
function K(_, e, n) {
  var r, i, o, u;
  if (
    h.unmount && h.unmount(_), !(r = _.ref) || r.current && r.current != _.__e || J(r, null, e, _), r = _.__c
  ) {
    if (r.componentWillUnmount) {
      try {
        r.componentWillUnmount();
      } catch (l) {
        h.__e(l, e);
      }
    }
    r.__P = r.__n = null;
  }
  if (r = _.__k) {
    for (u = 0; u < r.length; u++) r[u] && K(r[u], e, typeof _.type != "function" || n && !_.props.__P);
  }
  !n && (r = _.__c) && (r = r.__z) && (i = R(r, o = [])) && (r == _.__e && o.some(U), U(i), U(r)),
    n || U(_.__e),
    _.__e = _.__c = _.__ = null;
}
function ve(_, e, n) {
  return this.constructor(_, n);
}
function ce(_, e) {
  var n, r, i, o;
  h.__ && h.__(_, e),
    e.nodeType == 9 && (e = e.documentElement),
    r = (n = _ && 32 & _.__u) ? null : e.__k,
    e.__k = L(j, { children: [_] }),
    i = [],
    o = [],
    G(
      e,
      e.__k,
      r || H,
      H,
      e.namespaceURI,
      r ? null : e.firstChild ? te.call(e.childNodes) : null,
      i,
      r ? r.__e : e.firstChild,
      n,
      o,
    ),
    se(i, e.__k, o),
    e.__k.props.children = null;
}
h = {
  __e: function (_, e, n, r) {
    for (var i, o, u; e = e.__;) {
      if ((i = e.__c) && !(1 & i.__g)) {
        i.__g |= 4;
        try {
          if (
            (u = (o = i.constructor) && o.getDerivedStateFromError) &&
            i.setState(o.getDerivedStateFromError(_)),
              i.componentDidCatch && (i.componentDidCatch(_, r || {}), u = 1),
              u && 8 & i.__g
          ) return void (i.__g |= 2);
        } catch (l) {
          _ = l;
        }
      }
    }
    throw F = 0, _;
  },
},
  ee = 0,
  fe = function (_) {
    return _ != null && _.constructor === D;
  },
  A.prototype.setState = function (_, e) {
    var n = this.__s;
    n && n != this.state || (n = this.__s = W({}, this.state)),
      typeof _ == "function" && (_ = _(W({}, n), this.props)),
      _ && (W(n, _), this.__v && (e && this.__k.push(e), Y(this)));
  },
  A.prototype.forceUpdate = function (_) {
    this.__v && (this.__g |= 4, _ && this.__h.push(_), Y(this));
  },
  A.prototype.render = j,
  S = [],
  F = 0,
  _e = function (_, e) {
    return _.__v.__b - e.__v.__b;
  },
  E = Symbol(),
  ne = /(PointerCapture)$|Capture$/i,
  V = 0,
  O = {},
  pe = 0;
ce("leakwatch", document.body);
