/** Tables from the words of the floor to those of CAP 1.2 (3.2.2) and of its readers. */
import type { Position, StreetName } from '../../core/geo.ts'
import type { Disposition, IncidentState } from '../../core/incident.ts'
import type { Priority } from '../../core/priority.ts'
import type { AlarmClass } from '../../core/signal.ts'

export type Language = 'zh-CN' | 'en-US'
type Words<K extends string> = Readonly<Record<Language, Readonly<Record<K, string>>>>

export const CATEGORY: Readonly<Record<AlarmClass, readonly string[]>> = {
  panic: ['Security'],
  duress: ['Security'],
  medical: ['Health', 'Rescue'],
  fire: ['Fire'],
  intrusion: ['Security'],
  tamper: ['Security'],
  gas: ['CBRNE', 'Safety'],
  water: ['Infra'],
  environment: ['Env'],
  help: ['Rescue'],
  fence: ['Safety'],
  report: ['Safety'],
  camera: ['Security'],
  trouble: ['Infra'],
  unmapped: ['Other']
}

export const URGENCY: Readonly<Record<Priority, string>> = {
  1: 'Immediate',
  2: 'Immediate',
  3: 'Expected',
  4: 'Expected',
  5: 'Unknown'
}

/** The three tables are those of the console, by test. */
export const CLASS_WORDS: Words<AlarmClass> = {
  'zh-CN': {
    panic: '紧急求助',
    duress: '胁迫报警',
    medical: '医疗求助',
    fire: '火警',
    intrusion: '入侵',
    tamper: '防拆',
    gas: '燃气',
    water: '漏水',
    environment: '环境异常',
    help: '一键求助',
    fence: '走出电子围栏',
    report: '群众上报',
    camera: '视频报警',
    trouble: '设备故障',
    unmapped: '未登记'
  },
  'en-US': {
    panic: 'panic',
    duress: 'duress',
    medical: 'medical',
    fire: 'fire',
    intrusion: 'intrusion',
    tamper: 'tamper',
    gas: 'gas',
    water: 'water leak',
    environment: 'environment',
    help: 'help call',
    fence: 'left the safe area',
    report: 'report',
    camera: 'camera alarm',
    trouble: 'trouble',
    unmapped: 'unmapped'
  }
}

export const STATE_WORDS: Words<IncidentState> = {
  'zh-CN': {
    new: '待接',
    acknowledged: '已接警',
    verifying: '核实中',
    dispatched: '已派单',
    enRoute: '在途',
    onScene: '到场',
    resolved: '处置完毕',
    closed: '归档'
  },
  'en-US': {
    new: 'New',
    acknowledged: 'Acked',
    verifying: 'Verifying',
    dispatched: 'Dispatched',
    enRoute: 'En route',
    onScene: 'On scene',
    resolved: 'Resolved',
    closed: 'Closed'
  }
}

export const DISPOSITION_WORDS: Words<Disposition> = {
  'zh-CN': {
    'real-police': '真实警情 · 治安',
    'real-medical': '真实警情 · 医疗',
    'real-fire': '真实警情 · 火情',
    'real-other': '真实警情 · 其他',
    'false-misuse': '误报 · 误触',
    'false-equipment': '误报 · 设备',
    'false-unknown': '误报 · 原因不明',
    test: '测试',
    duplicate: '重复警情',
    'cancelled-by-user': '本人取消',
    'nobody-found': '现场无人'
  },
  'en-US': {
    'real-police': 'Real · police',
    'real-medical': 'Real · medical',
    'real-fire': 'Real · fire',
    'real-other': 'Real · other',
    'false-misuse': 'False · pressed by mistake',
    'false-equipment': 'False · equipment',
    'false-unknown': 'False · cause unknown',
    test: 'Test',
    duplicate: 'Duplicate',
    'cancelled-by-user': 'Cancelled by caller',
    'nobody-found': 'Nobody found'
  }
}

export const STREET_WORDS: Words<'at' | 'near'> = {
  'zh-CN': { at: '{{street}}与{{crossing}}路口', near: '{{street}}，距{{crossing}}路口 {{distance}}' },
  'en-US': { at: '{{street}} and {{crossing}}', near: '{{street}}, {{distance}} from {{crossing}}' }
}

export const DRIVING_WORDS: Words<'stands' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w' | 'nw'> = {
  'zh-CN': {
    ...{ stands: '停着', n: '往北', ne: '往东北', e: '往东', se: '往东南' },
    ...{ s: '往南', sw: '往西南', w: '往西', nw: '往西北' }
  },
  'en-US': {
    ...{ stands: 'stands', n: 'north', ne: 'north-east', e: 'east', se: 'south-east' },
    ...{ s: 'south', sw: 'south-west', w: 'west', nw: 'north-west' }
  }
}
const WINDS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const
/** As on the screens: slower, and a direction means nothing. */
const STANDS_KMH = 3

/** How fast and which way, as far as it was told. */
export function motionWords({ speedKmh, headingDeg }: Position, language: Language): readonly string[] {
  const words = DRIVING_WORDS[language]
  if (speedKmh !== undefined && speedKmh < STANDS_KMH) return [words.stands]
  const wind = headingDeg === undefined ? undefined : WINDS[((Math.round(headingDeg / 45) % 8) + 8) % 8]
  return [...(speedKmh === undefined ? [] : [`${Math.round(speedKmh)} km/h`]), ...(wind ? [words[wind]] : [])]
}

/** Of a vehicle: where it pressed, where it was last. */
export const SPOT_WORDS: Words<'pressed' | 'lastKnown'> = {
  'zh-CN': { pressed: '报警时', lastKnown: '最后位置' },
  'en-US': { pressed: 'when it pressed', lastKnown: 'last known place' }
}

/** Nearer than this it is at the crossing, as on the screens. */
const AT_CROSSING_M = 40

export function streetWords({ street, crossing, crossingM = 0 }: StreetName, language: Language): string {
  const words = STREET_WORDS[language]
  if (crossing === undefined) return street
  const values: Readonly<Record<string, string>> = { street, crossing, distance: `${crossingM} m` }
  const text = crossingM <= AT_CROSSING_M ? words.at : words.near
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
}
