// Copyright the hakmem authors. SPDX-License-Identifier: Apache-2.0
'use strict';
const report = JSON.parse(document.getElementById('report').textContent);
const NO_DIFFERENCE = 'NO_DIFFERENCE_SHOWN';
const css = getComputedStyle(document.documentElement);
const COLOUR = name => css.getPropertyValue('--' + name).trim();
const at = id => document.getElementById(id);
const fixed = (value, digits = 2) => value === undefined ? '–' : value.toFixed(digits);
const percent = value => value === undefined ? '–' : value.toFixed(1) + ' %';
const kind = (ratio, verdict) => verdict === NO_DIFFERENCE ? 'level' : ratio > 1 ? 'better' : 'worse';

function element(name, text, ...classes) {
  const node = document.createElement(name);
  node.textContent = text;
  node.classList.add(...classes.filter(it => it));
  return node;
}

/** A cell is a text, or a text with a class. */
function table(id, head, rows) {
  const line = (cells, name) => {
    const tr = document.createElement('tr');
    for (const cell of cells) tr.append(Array.isArray(cell) ? element(name, ...cell) : element(name, cell));
    return tr;
  };
  const thead = document.createElement('thead');
  const tbody = document.createElement('tbody');
  if (head) thead.append(line(head, 'th'));
  rows.forEach(row => tbody.append(line(row, 'td')));
  at(id).append(thead, tbody);
}

/** Ratios as bars from 1, on a logarithmic axis: twice as fast and half as fast are as long. */
function ratioChart(id, items) {
  at(id).style.height = 80 + 22 * items.length + 'px';
  const chart = echarts.init(at(id), null, { renderer: 'svg' });
  const colour = item => COLOUR(kind(item.ratio, item.verdict));
  const ends = items.flatMap(item => [item.low, item.high, item.ratio]);
  const nice = value => Number(value.toPrecision(2));
  const low = nice(Math.min(0.8, ...ends) * 0.95);
  const high = nice(Math.max(1.25, ...ends) * 1.05);
  chart.setOption({
    animation: false,
    toolbox: { right: 0, top: 0, feature: { saveAsImage: { name: 'hakmem-' + id, title: 'save as SVG' } } },
    grid: { left: 10, right: 60, top: 30, bottom: 30, containLabel: true },
    tooltip: {
      trigger: 'item',
      formatter: it => `${echarts.format.encodeHTML(items[it.dataIndex].label)}: ${fixed(items[it.dataIndex].ratio)}`
        + ` (${fixed(items[it.dataIndex].low)}–${fixed(items[it.dataIndex].high)})`,
    },
    xAxis: { type: 'log', logBase: 2, min: low, max: high, axisLabel: { formatter: value => fixed(value) } },
    yAxis: { type: 'category', inverse: true, data: items.map(item => item.label), axisLabel: { interval: 0 } },
    series: [{
      type: 'custom',
      encode: { x: [1, 2, 3], y: 0 },
      data: items.map((item, index) => [index, item.ratio, item.low, item.high]),
      renderItem: (params, api) => {
        const item = items[params.dataIndex];
        const point = value => api.coord([value, api.value(0)]);
        const [one, y] = point(1);
        const [x] = point(item.ratio);
        const [from] = point(item.low);
        const [to] = point(item.high);
        const half = 0.3 * api.size([0, 1])[1];
        const stroke = { stroke: '#1f2328', lineWidth: 1.2 };
        const lineOf = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: stroke });
        return {
          type: 'group',
          children: [
            { type: 'rect', shape: { x: Math.min(one, x), y: y - half, width: Math.max(1, Math.abs(x - one)), height: 2 * half },
              style: { fill: colour(item) } },
            lineOf(from, y, to, y), lineOf(from, y - 3, from, y + 3), lineOf(to, y - 3, to, y + 3),
            { type: 'text', style: { text: fixed(item.ratio), x: Math.max(x, to, one) + 5, y, textVerticalAlign: 'middle', fontSize: 12, fill: colour(item) } },
          ],
        };
      },
      markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: '#1f2328', type: 'solid' }, data: [{ xAxis: 1 }] },
    }],
  });
  addEventListener('resize', () => chart.resize());
}
