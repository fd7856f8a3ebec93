// Draws the charts of the admin pages, again whenever htmx has brought new figures.
"use strict";
function draw(place) {
  const bars = JSON.parse(place.dataset.bars);
  const labels = place.dataset.labels.split("|");
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(name).trim();
  const axis = { stroke: color("--faint"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
  const options = {
    width: Math.max(240, place.clientWidth),
    height: 180,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.6, bars.length - 0.4] }, y: { range: (u, low, high) => [0, Math.max(1, high)] } },
    axes: [
      { ...axis, grid: { show: false }, splits: () => bars.map((_, index) => index), values: (u, splits) => splits.map((index) => labels[index]), rotate: -45, size: 56 },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] },
    ],
    series: [{}, { stroke: color("--accent"), fill: color("--accent"), paths: uPlot.paths.bars({ size: [0.7, 60] }), points: { show: false } }],
  };
  place.replaceChildren();
  new uPlot(options, [bars.map((_, index) => index), bars], place);
}
function drawAll() {
  document.querySelectorAll(".chart[data-bars]").forEach(draw);
}
document.addEventListener("DOMContentLoaded", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
addEventListener("resize", drawAll);
