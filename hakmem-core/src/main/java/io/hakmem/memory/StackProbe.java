// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.memory;

/**
 * Makes sure of the stack that an operation needs before it changes anything: throws {@link
 * StackOverflowError} if there is less.
 */
public final class StackProbe {
  /*
   * The virtual machine checks the stack where a method is entered, and throws there. So a method that
   * asks for more stack than everything that is called after it, and returns, leaves nothing behind
   * that can overflow:
   *
   *   interpreter  a frame has room for all locals that the method declares
   *   C1 and C2    what is touched at entry is the frame that the interpreter would need to go on from
   *                any point that has debug information, of methods inlined there as well
   *
   * The locals are never used. C1 keeps the call of bitCount, which is such a point and too large for
   * it to inline. C2 computes it: of 0 at once, and then nothing is left of the probe; of a field that
   * is 0 but not constant, and then the branch that is never taken is such a point.
   *
   * What C2 makes of a fast path calls nothing between its writes, hence cannot overflow there. Calls
   * of the slow paths begin with a probe of their own, which must not fail within an operation that
   * has made sure of its stack: so that one asks for less.
   *
   *   I1  stack from the entry of an operation to its deepest call    <= OPERATION
   *   I2  the same from the entry of a slow path                      <= SLOW PATH
   *   I3  from the entry of an operation to that of a slow path, plus SLOW PATH  <= OPERATION
   */

  /** Always 0, which the JIT must not know. */
  private static long zero;

  private StackProbe() {}

  /** For what C2 compiles into a fast path: costs nothing there, and makes sure of nothing. */
  @HotPath
  public static void fastPath() {
    operation(0);
  }

  /** For operations of the public API, however they are executed. */
  public static void operation() {
    operation(zero);
  }

  /** As {@link #fastPath}, for a fast path that others call: asks for no more than a slow path. */
  public static void fastCall() {
    slowPath(0);
  }

  /** For slow paths that compiled fast paths call. */
  public static void slowPath() {
    slowPath(zero);
  }

  /** SLOW PATH: 8 KiB. */
  @SuppressWarnings({"MultiVariableDeclaration", "UnusedVariable"})
  private static void slowPath(long bits) {
    long aa, ab, ac, ad, ae, af, ag, ah, ai, aj, ak, al, am, an, ao, ap, aq, ar, as, at, au, av, aw;
    long ax, ay, az, ba, bb, bc, bd, be, bf, bg, bh, bi, bj, bk, bl, bm, bn, bo, bp, bq, br, bs, bt;
    long bu, bv, bw, bx, by, bz, ca, cb, cc, cd, ce, cf, cg, ch, ci, cj, ck, cl, cm, cn, co, cp, cq;
    long cr, cs, ct, cu, cv, cw, cx, cy, cz, da, db, dc, dd, de, df, dg, dh, di, dj, dk, dl, dm, dn;
    long dp, dq, dr, ds, dt, du, dv, dw, dx, dy, dz, ea, eb, ec, ed, ee, ef, eg, eh, ei, ej, ek, el;
    long em, en, eo, ep, eq, er, es, et, eu, ev, ew, ex, ey, ez, fa, fb, fc, fd, fe, ff, fg, fh, fi;
    long fj, fk, fl, fm, fn, fo, fp, fq, fr, fs, ft, fu, fv, fw, fx, fy, fz, ga, gb, gc, gd, ge, gf;
    long gg, gh, gi, gj, gk, gl, gm, gn, go, gp, gq, gr, gs, gt, gu, gv, gw, gx, gy, gz, ha, hb, hc;
    long hd, he, hf, hg, hh, hi, hj, hk, hl, hm, hn, ho, hp, hq, hr, hs, ht, hu, hv, hw, hx, hy, hz;
    long ia, ib, ic, id, ie, ig, ih, ii, ij, ik, il, im, in, io, ip, iq, ir, is, it, iu, iv, iw, ix;
    long iy, iz, ja, jb, jc, jd, je, jf, jg, jh, ji, jj, jk, jl, jm, jn, jo, jp, jq, jr, js, jt, ju;
    long jv, jw, jx, jy, jz, ka, kb, kc, kd, ke, kf, kg, kh, ki, kj, kk, kl, km, kn, ko, kp, kq, kr;
    long ks, kt, ku, kv, kw, kx, ky, kz, la, lb, lc, ld, le, lf, lg, lh, li, lj, lk, ll, lm, ln, lo;
    long lp, lq, lr, ls, lt, lu, lv, lw, lx, ly, lz, ma, mb, mc, md, me, mf, mg, mh, mi, mj, mk, ml;
    long mm, mn, mo, mp, mq, mr, ms, mt, mu, mv, mw, mx, my, mz, na, nb, nc, nd, ne, nf, ng, nh, ni;
    long nj, nk, nl, nm, nn, no, np, nq, nr, ns, nt, nu, nv, nw, nx, ny, nz, oa, ob, oc, od, oe, of;
    long og, oh, oi, oj, ok, ol, om, on, oo, op, oq, or, os, ot, ou, ov, ow, ox, oy, oz, pa, pb, pc;
    long pd, pe, pf, pg, ph, pi, pj, pk, pl, pm, pn, po, pp, pq, pr, ps, pt, pu, pv, pw, px, py, pz;
    long qa, qb, qc, qd, qe, qf, qg, qh, qi, qj, qk, ql, qm, qn, qo, qp, qq, qr, qs, qt, qu, qv, qw;
    long qx, qy, qz, ra, rb, rc, rd, re, rf, rg, rh, ri, rj, rk, rl, rm, rn, ro, rp, rq, rr, rs, rt;
    long ru, rv, rw, rx, ry, rz, sa, sb, sc, sd, se, sf, sg, sh, si, sj, sk, sl, sm, sn, so, sp, sq;
    long sr, ss, st, su, sv, sw, sx, sy, sz, ta, tb, tc, td, te, tf, tg, th, ti, tj, tk, tl, tm, tn;
    long to, tp, tq, tr, ts, tt;
    if (Long.bitCount(bits) > 0) {
      throw new StackOverflowError();
    }
  }

  /** OPERATION: 24 KiB. */
  @SuppressWarnings({"MultiVariableDeclaration", "UnusedVariable"})
  private static void operation(long bits) {
    long aa, ab, ac, ad, ae, af, ag, ah, ai, aj, ak, al, am, an, ao, ap, aq, ar, as, at, au, av, aw;
    long ax, ay, az, ba, bb, bc, bd, be, bf, bg, bh, bi, bj, bk, bl, bm, bn, bo, bp, bq, br, bs, bt;
    long bu, bv, bw, bx, by, bz, ca, cb, cc, cd, ce, cf, cg, ch, ci, cj, ck, cl, cm, cn, co, cp, cq;
    long cr, cs, ct, cu, cv, cw, cx, cy, cz, da, db, dc, dd, de, df, dg, dh, di, dj, dk, dl, dm, dn;
    long dp, dq, dr, ds, dt, du, dv, dw, dx, dy, dz, ea, eb, ec, ed, ee, ef, eg, eh, ei, ej, ek, el;
    long em, en, eo, ep, eq, er, es, et, eu, ev, ew, ex, ey, ez, fa, fb, fc, fd, fe, ff, fg, fh, fi;
    long fj, fk, fl, fm, fn, fo, fp, fq, fr, fs, ft, fu, fv, fw, fx, fy, fz, ga, gb, gc, gd, ge, gf;
    long gg, gh, gi, gj, gk, gl, gm, gn, go, gp, gq, gr, gs, gt, gu, gv, gw, gx, gy, gz, ha, hb, hc;
    long hd, he, hf, hg, hh, hi, hj, hk, hl, hm, hn, ho, hp, hq, hr, hs, ht, hu, hv, hw, hx, hy, hz;
    long ia, ib, ic, id, ie, ig, ih, ii, ij, ik, il, im, in, io, ip, iq, ir, is, it, iu, iv, iw, ix;
    long iy, iz, ja, jb, jc, jd, je, jf, jg, jh, ji, jj, jk, jl, jm, jn, jo, jp, jq, jr, js, jt, ju;
    long jv, jw, jx, jy, jz, ka, kb, kc, kd, ke, kf, kg, kh, ki, kj, kk, kl, km, kn, ko, kp, kq, kr;
    long ks, kt, ku, kv, kw, kx, ky, kz, la, lb, lc, ld, le, lf, lg, lh, li, lj, lk, ll, lm, ln, lo;
    long lp, lq, lr, ls, lt, lu, lv, lw, lx, ly, lz, ma, mb, mc, md, me, mf, mg, mh, mi, mj, mk, ml;
    long mm, mn, mo, mp, mq, mr, ms, mt, mu, mv, mw, mx, my, mz, na, nb, nc, nd, ne, nf, ng, nh, ni;
    long nj, nk, nl, nm, nn, no, np, nq, nr, ns, nt, nu, nv, nw, nx, ny, nz, oa, ob, oc, od, oe, of;
    long og, oh, oi, oj, ok, ol, om, on, oo, op, oq, or, os, ot, ou, ov, ow, ox, oy, oz, pa, pb, pc;
    long pd, pe, pf, pg, ph, pi, pj, pk, pl, pm, pn, po, pp, pq, pr, ps, pt, pu, pv, pw, px, py, pz;
    long qa, qb, qc, qd, qe, qf, qg, qh, qi, qj, qk, ql, qm, qn, qo, qp, qq, qr, qs, qt, qu, qv, qw;
    long qx, qy, qz, ra, rb, rc, rd, re, rf, rg, rh, ri, rj, rk, rl, rm, rn, ro, rp, rq, rr, rs, rt;
    long ru, rv, rw, rx, ry, rz, sa, sb, sc, sd, se, sf, sg, sh, si, sj, sk, sl, sm, sn, so, sp, sq;
    long sr, ss, st, su, sv, sw, sx, sy, sz, ta, tb, tc, td, te, tf, tg, th, ti, tj, tk, tl, tm, tn;
    long to, tp, tq, tr, ts, tt, tu, tv, tw, tx, ty, tz, ua, ub, uc, ud, ue, uf, ug, uh, ui, uj, uk;
    long ul, um, un, uo, up, uq, ur, us, ut, uu, uv, uw, ux, uy, uz, va, vb, vc, vd, ve, vf, vg, vh;
    long vi, vj, vk, vl, vm, vn, vo, vp, vq, vr, vs, vt, vu, vv, vw, vx, vy, vz, wa, wb, wc, wd, we;
    long wf, wg, wh, wi, wj, wk, wl, wm, wn, wo, wp, wq, wr, ws, wt, wu, wv, ww, wx, wy, wz, xa, xb;
    long xc, xd, xe, xf, xg, xh, xi, xj, xk, xl, xm, xn, xo, xp, xq, xr, xs, xt, xu, xv, xw, xx, xy;
    long xz, ya, yb, yc, yd, ye, yf, yg, yh, yi, yj, yk, yl, ym, yn, yo, yp, yq, yr, ys, yt, yu, yv;
    long yw, yx, yy, yz, za, zb, zc, zd, ze, zf, zg, zh, zi, zj, zk, zl, zm, zn, zo, zp, zq, zr, zs;
    long zt, zu, zv, zw, zx, zy, zz, aa0, ab0, ac0, ad0, ae0, af0, ag0, ah0, ai0, aj0, ak0, al0;
    long am0, an0, ao0, ap0, aq0, ar0, as0, at0, au0, av0, aw0, ax0, ay0, az0, ba0, bb0, bc0, bd0;
    long be0, bf0, bg0, bh0, bi0, bj0, bk0, bl0, bm0, bn0, bo0, bp0, bq0, br0, bs0, bt0, bu0, bv0;
    long bw0, bx0, by0, bz0, ca0, cb0, cc0, cd0, ce0, cf0, cg0, ch0, ci0, cj0, ck0, cl0, cm0, cn0;
    long co0, cp0, cq0, cr0, cs0, ct0, cu0, cv0, cw0, cx0, cy0, cz0, da0, db0, dc0, dd0, de0, df0;
    long dg0, dh0, di0, dj0, dk0, dl0, dm0, dn0, dp0, dq0, dr0, ds0, dt0, du0, dv0, dw0, dx0, dy0;
    long dz0, ea0, eb0, ec0, ed0, ee0, ef0, eg0, eh0, ei0, ej0, ek0, el0, em0, en0, eo0, ep0, eq0;
    long er0, es0, et0, eu0, ev0, ew0, ex0, ey0, ez0, fa0, fb0, fc0, fd0, fe0, ff0, fg0, fh0, fi0;
    long fj0, fk0, fl0, fm0, fn0, fo0, fp0, fq0, fr0, fs0, ft0, fu0, fv0, fw0, fx0, fy0, fz0, ga0;
    long gb0, gc0, gd0, ge0, gf0, gg0, gh0, gi0, gj0, gk0, gl0, gm0, gn0, go0, gp0, gq0, gr0, gs0;
    long gt0, gu0, gv0, gw0, gx0, gy0, gz0, ha0, hb0, hc0, hd0, he0, hf0, hg0, hh0, hi0, hj0, hk0;
    long hl0, hm0, hn0, ho0, hp0, hq0, hr0, hs0, ht0, hu0, hv0, hw0, hx0, hy0, hz0, ia0, ib0, ic0;
    long id0, ie0, ig0, ih0, ii0, ij0, ik0, il0, im0, in0, io0, ip0, iq0, ir0, is0, it0, iu0, iv0;
    long iw0, ix0, iy0, iz0, ja0, jb0, jc0, jd0, je0, jf0, jg0, jh0, ji0, jj0, jk0, jl0, jm0, jn0;
    long jo0, jp0, jq0, jr0, js0, jt0, ju0, jv0, jw0, jx0, jy0, jz0, ka0, kb0, kc0, kd0, ke0, kf0;
    long kg0, kh0, ki0, kj0, kk0, kl0, km0, kn0, ko0, kp0, kq0, kr0, ks0, kt0, ku0, kv0, kw0, kx0;
    long ky0, kz0, la0, lb0, lc0, ld0, le0, lf0, lg0, lh0, li0, lj0, lk0, ll0, lm0, ln0, lo0, lp0;
    long lq0, lr0, ls0, lt0, lu0, lv0, lw0, lx0, ly0, lz0, ma0, mb0, mc0, md0, me0, mf0, mg0, mh0;
    long mi0, mj0, mk0, ml0, mm0, mn0, mo0, mp0, mq0, mr0, ms0, mt0, mu0, mv0, mw0, mx0, my0, mz0;
    long na0, nb0, nc0, nd0, ne0, nf0, ng0, nh0, ni0, nj0, nk0, nl0, nm0, nn0, no0, np0, nq0, nr0;
    long ns0, nt0, nu0, nv0, nw0, nx0, ny0, nz0, oa0, ob0, oc0, od0, oe0, of0, og0, oh0, oi0, oj0;
    long ok0, ol0, om0, on0, oo0, op0, oq0, or0, os0, ot0, ou0, ov0, ow0, ox0, oy0, oz0, pa0, pb0;
    long pc0, pd0, pe0, pf0, pg0, ph0, pi0, pj0, pk0, pl0, pm0, pn0, po0, pp0, pq0, pr0, ps0, pt0;
    long pu0, pv0, pw0, px0, py0, pz0, qa0, qb0, qc0, qd0, qe0, qf0, qg0, qh0, qi0, qj0, qk0, ql0;
    long qm0, qn0, qo0, qp0, qq0, qr0, qs0, qt0, qu0, qv0, qw0, qx0, qy0, qz0, ra0, rb0, rc0, rd0;
    long re0, rf0, rg0, rh0, ri0, rj0, rk0, rl0, rm0, rn0, ro0, rp0, rq0, rr0, rs0, rt0, ru0, rv0;
    long rw0, rx0, ry0, rz0, sa0, sb0, sc0, sd0, se0, sf0, sg0, sh0, si0, sj0, sk0, sl0, sm0, sn0;
    long so0, sp0, sq0, sr0, ss0, st0, su0, sv0, sw0, sx0, sy0, sz0, ta0, tb0, tc0, td0, te0, tf0;
    long tg0, th0, ti0, tj0, tk0, tl0, tm0, tn0, to0, tp0, tq0, tr0, ts0, tt0, tu0, tv0, tw0, tx0;
    long ty0, tz0, ua0, ub0, uc0, ud0, ue0, uf0, ug0, uh0, ui0, uj0, uk0, ul0, um0, un0, uo0, up0;
    long uq0, ur0, us0, ut0, uu0, uv0, uw0, ux0, uy0, uz0, va0, vb0, vc0, vd0, ve0, vf0, vg0, vh0;
    long vi0, vj0, vk0, vl0, vm0, vn0, vo0, vp0, vq0, vr0, vs0, vt0, vu0, vv0, vw0, vx0, vy0, vz0;
    long wa0, wb0, wc0, wd0, we0, wf0, wg0, wh0, wi0, wj0, wk0, wl0, wm0, wn0, wo0, wp0, wq0, wr0;
    long ws0, wt0, wu0, wv0, ww0, wx0, wy0, wz0, xa0, xb0, xc0, xd0, xe0, xf0, xg0, xh0, xi0, xj0;
    long xk0, xl0, xm0, xn0, xo0, xp0, xq0, xr0, xs0, xt0, xu0, xv0, xw0, xx0, xy0, xz0, ya0, yb0;
    long yc0, yd0, ye0, yf0, yg0, yh0, yi0, yj0, yk0, yl0, ym0, yn0, yo0, yp0, yq0, yr0, ys0, yt0;
    long yu0, yv0, yw0, yx0, yy0, yz0, za0, zb0, zc0, zd0, ze0, zf0, zg0, zh0, zi0, zj0, zk0, zl0;
    long zm0, zn0, zo0, zp0, zq0, zr0, zs0, zt0, zu0, zv0, zw0, zx0, zy0, zz0, aa1, ab1, ac1, ad1;
    long ae1, af1, ag1, ah1, ai1, aj1, ak1, al1, am1, an1, ao1, ap1, aq1, ar1, as1, at1, au1, av1;
    long aw1, ax1, ay1, az1, ba1, bb1, bc1, bd1, be1, bf1, bg1, bh1, bi1, bj1, bk1, bl1, bm1, bn1;
    long bo1, bp1, bq1, br1, bs1, bt1, bu1, bv1, bw1, bx1, by1, bz1, ca1, cb1, cc1, cd1, ce1, cf1;
    long cg1, ch1, ci1, cj1, ck1, cl1, cm1, cn1, co1, cp1, cq1, cr1, cs1, ct1, cu1, cv1, cw1, cx1;
    long cy1, cz1, da1, db1, dc1, dd1, de1, df1, dg1, dh1, di1, dj1, dk1, dl1, dm1, dn1, dp1, dq1;
    long dr1, ds1, dt1, du1, dv1, dw1, dx1, dy1, dz1, ea1, eb1, ec1, ed1, ee1, ef1, eg1, eh1, ei1;
    long ej1, ek1, el1, em1, en1, eo1, ep1, eq1, er1, es1, et1, eu1, ev1, ew1, ex1, ey1, ez1, fa1;
    long fb1, fc1, fd1, fe1, ff1, fg1, fh1, fi1, fj1, fk1, fl1, fm1, fn1, fo1, fp1, fq1, fr1, fs1;
    long ft1, fu1, fv1, fw1, fx1, fy1, fz1, ga1, gb1, gc1, gd1, ge1, gf1, gg1, gh1, gi1, gj1, gk1;
    long gl1, gm1, gn1, go1, gp1, gq1, gr1, gs1, gt1, gu1, gv1, gw1, gx1, gy1, gz1, ha1, hb1, hc1;
    long hd1, he1, hf1, hg1;
    if (Long.bitCount(bits) > 0) {
      throw new StackOverflowError();
    }
  }
}
