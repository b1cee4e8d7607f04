// Draws each .chart from the JSON beside it. The same numbers stand in a table
// under the picture, so that nobody needs the picture.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([AriaComponent, BarChart, GridComponent, LegendComponent, LineChart, SVGRenderer, TooltipComponent]);

const ink = "#5b6573";
const rule = "#e4e2dc";
const palette = ["#1f4e79", "#a8322a", "#3f7d5c", "#b98a2f", "#6d6a8a"];

const series = (kind, stacked) => (s) => ({
  name: s.name,
  data: s.values,
  type: kind,
  stack: stacked ? "all" : undefined,
  smooth: 0.2,
  symbol: "circle",
  symbolSize: 5,
  barMaxWidth: 22,
  areaStyle: kind === "line" ? { opacity: 0.08 } : undefined,
});

const option = (data) => ({
  color: palette,
  animation: false,
  aria: { enabled: true },
  textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
  grid: { left: 8, right: 12, top: data.series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
  legend: data.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: ink } } : undefined,
  tooltip: { trigger: "axis", renderMode: "richText", confine: true, borderColor: rule },
  xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: rule } }, axisLabel: { color: ink } },
  yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: rule } }, axisLabel: { color: ink } },
  series: data.series.map(series(data.kind, data.stacked)),
});

const draw = (root) => {
  for (const box of root.querySelectorAll(".chart:not([data-drawn])")) {
    const source = document.getElementById(box.dataset.source);
    const chart = echarts.init(box, null, { renderer: "svg" });
    chart.setOption(option(JSON.parse(source.textContent)));
    box.dataset.drawn = "1";
    new ResizeObserver(() => chart.resize()).observe(box);
  }
};

draw(document);
document.addEventListener("htmx:after:swap", () => draw(document));
