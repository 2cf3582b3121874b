/** Words of the files of reports, which leave the house without a console to put them into words; a test holds them to those of the screens. */
import type { Emergency } from '../core/feedback.ts'
import type { Disposition } from '../core/incident.ts'
import type { Measured, ReportBy } from '../core/report.ts'
import type { SourceKind } from '../core/signal.ts'
import type { Words } from '../core/words.ts'

const words = (zh: string, en: string): Words => ({ zh, en })

export const SOURCE_KINDS: Readonly<Record<SourceKind, Words>> = {
  panicPhone: words('#9 电话报警', '#9 phone'),
  alarmBox: words('报警主机', 'Alarm box'),
  taxi: words('出租车', 'Taxi'),
  oneKeyCall: words('一键通', 'One-key'),
  detector: words('探测器', 'Detector'),
  cameraAnalytics: words('摄像机', 'Camera'),
  personReport: words('群众上报', 'Report')
}

export const DISPOSITION_WORDS: Readonly<Record<Disposition, Words>> = {
  'real-police': words('真实警情 · 治安', 'Real · police'),
  'real-medical': words('真实警情 · 医疗', 'Real · medical'),
  'real-fire': words('真实警情 · 火情', 'Real · fire'),
  'real-other': words('真实警情 · 其他', 'Real · other'),
  'false-misuse': words('误报 · 误触', 'False · pressed by mistake'),
  'false-equipment': words('误报 · 设备', 'False · equipment'),
  'false-unknown': words('误报 · 原因不明', 'False · cause unknown'),
  test: words('测试', 'Test'),
  duplicate: words('重复警情', 'Duplicate'),
  'cancelled-by-user': words('本人取消', 'Cancelled by caller'),
  'nobody-found': words('现场无人', 'Nobody found')
}

export const BY_WORDS: Readonly<Record<ReportBy, Words>> = {
  day: words('日期', 'Day'),
  week: words('周（周一）', 'Week of'),
  month: words('月份', 'Month'),
  hour: words('时段（点）', 'Hour of the day'),
  grid: words('网格', 'Grid cell'),
  source: words('来源', 'Source'),
  kind: words('类别', 'Category')
}

export const MEASURED_WORDS: Readonly<Record<Measured, Words>> = {
  answer: words('接警', 'Answer'),
  dispatch: words('派单', 'Dispatch'),
  response: words('到场', 'Response')
}

export const EMERGENCY_WORDS: Readonly<Record<Emergency, Words>> = {
  natural: words('自然灾害', 'Natural disaster'),
  accident: words('事故灾难', 'Accident'),
  health: words('公共卫生事件', 'Public health'),
  security: words('社会安全事件', 'Public security')
}

/** Of what belongs to none. */
export const NONE_WORDS: Readonly<Record<'grid' | 'source' | 'kind', Words>> = {
  grid: words('网格以外', 'Outside of the grid'),
  source: words('来源不明', 'Source unknown'),
  kind: words('未分类', 'Not categorised')
}

export const COLUMNS = {
  cameras: words('摄像机（路）', 'Cameras'),
  live: words('可看（时）', 'Live (h)'),
  down: words('不可看（时）', 'Down (h)'),
  planned: words('检修（时）', 'Planned (h)'),
  availability: words('在线率（%）', 'Availability (%)'),
  emergency: words('突发公共事件', 'Public emergency'),
  month: words('月份', 'Month'),
  grid: words('网格', 'Grid cell'),
  realP1: words('真实 P1', 'Real P1'),
  realP2: words('真实 P2', 'Real P2'),
  realP3: words('真实 P3', 'Real P3'),
  lateAnswer: words('接警超 20 秒（%）', 'Answered after 20 s (%)'),
  lateArrival: words('到场超 10 分钟（%）', 'Arrived after 10 min (%)'),
  index: words('平安指数', 'Safety index'),
  incidents: words('警情', 'Incidents'),
  p1: words('P1', 'P1'),
  falseAlarms: words('误报', 'False alarms'),
  discounted: words('测试、重复', 'Tests, duplicates'),
  unresolved: words('未办结', 'Unresolved'),
  injured: words('受伤', 'Injured'),
  dead: words('死亡', 'Dead'),
  loss: words('损失（元）', 'Loss (yuan)'),
  troubles: words('设备故障', 'Troubles'),
  priority: words('级别', 'Priority'),
  measured: words('用时', 'Time'),
  within: words('目标（秒）', 'Target (s)'),
  counted: words('计入', 'Counted'),
  countedOf: words('计入', 'counted'),
  kept: words('达标', 'Kept'),
  share: words('达标率（%）', 'Kept (%)'),
  asked: words('要求（%）', 'Asked (%)'),
  cause: words('原因', 'Cause'),
  source: words('来源', 'Source'),
  number: words('次数', 'Number'),
  day: words('日期', 'Day'),
  sourceId: words('报警源', 'Alarm source'),
  name: words('名称', 'Name'),
  total: words('合计', 'Total'),
  seconds: words('（秒）', ' (s)')
} as const satisfies Readonly<Record<string, Words>>
