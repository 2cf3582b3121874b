/**
 * What stands in nobody's registry is named by the gateway itself, in words: a device or number that nobody entered, our own lines, crowds of
 * senders that nobody vouches for. A card has the Chinese name as its `name` and the English beside it; the bare source is its description,
 * for the technician. Cards stored before 2026-11-29 have the bare source as their name and are shown as they are.
 */
import { id, type SourceId, type SubjectId } from './brand.ts'
import type { SubjectCard } from './incident.ts'
import type { Words } from './words.ts'

export interface Named {
  readonly name: string
  /** Only where the gateway gave the name: what a registry says is the same in every language. */
  readonly nameEn?: string
}

/** What stands beside the name. */
export interface Described {
  readonly description?: string
  /** Only where the gateway says it itself. */
  readonly descriptionEn?: string
}

/** As a line of a list, a task or a message carries it. */
export const namesOf = ({ name, nameEn }: Named): Named => (nameEn === undefined ? { name } : { name, nameEn })

/** `en` of a screen and `en-US` of a message are both English. */
export const nameIn = ({ name, nameEn }: Named, language: string): string =>
  language.startsWith('en') ? (nameEn ?? name) : name

/** What a video patrol found is told at the camera's place; rows of before 2026-11-30 have the Chinese alone. */
export const FOUND_ON_VIDEO = { description: '视频巡查发现', descriptionEn: 'Found on video patrol' } as const

/** A photo that the terminal of a vehicle took, whose cameras no registry names; rows of before 2026-11-30 have the Chinese alone. */
export const inCarNames = ({ name, nameEn }: Named, channel: number) => ({
  cameraName: `${name} 车载 ${channel}`,
  cameraNameEn: `${nameEn ?? name} In-car ${channel}`
})

/** Several names as one value of a line or report; an English screen puts a comma where 、 stands. */
export const joinedNames = (names: readonly string[]): string => names.join('、')

/** Those of a line: under `key`, and in English under `key`En where the gateway named one of them. */
export function namesAs<K extends string>(key: K, named: readonly Named[]) {
  const zh = joinedNames(named.map(({ name }) => name))
  const en = joinedNames(named.map(({ name, nameEn }) => nameEn ?? name))
  return { [key]: zh, ...(en === zh ? {} : { [`${key}En`]: en }) } as Record<K, string> &
    Partial<Record<`${K}En`, string>>
}

/** Senders choose their names: of a longer one its end is cut, the description has it whole. */
const MAX_CHARS = 40

/** What speaks a protocol, when nobody has said more of it. */
const DEVICES: Readonly<Record<string, Words>> = {
  sip: { zh: '电话', en: 'telephone' },
  mqtt: { zh: '设备', en: 'device' },
  webhook: { zh: '平台', en: 'platform' },
  dc09: { zh: '报警主机', en: 'alarm box' },
  jt808: { zh: '车载终端', en: 'vehicle terminal' },
  jt905: { zh: '车载终端', en: 'vehicle terminal' },
  onvif: { zh: '摄像机报警输入', en: 'alarm input of a camera' }
}
const CROWDS: Readonly<Record<string, Words>> = {
  sip: { zh: '大量未核实来电', en: 'Many unproven calls' },
  jt808: { zh: '大量未核实车辆报警', en: 'Many unproven vehicle alarms' },
  jt905: { zh: '大量未核实车辆报警', en: 'Many unproven vehicle alarms' }
}
const ANY_DEVICE: Words = { zh: '设备', en: 'device' }
const ANY_CROWD: Words = { zh: '大量未核实报警', en: 'Many unproven alarms' }
const LINES: Readonly<Record<string, Words>> = {
  mqtt: { zh: 'MQTT 设备线路', en: 'Line of the MQTT devices' },
  jt808: { zh: '车载终端线路（JT/T 808）', en: 'Line of the vehicles (JT/T 808)' },
  jt905: { zh: '车载终端线路（JT/T 905）', en: 'Line of the vehicles (JT/T 905)' }
}

/** Begins the name under which adapters count what was beyond a budget. */
const CROWD = 'flood@'
/** These have a site before their name, which anybody may choose: `gateway@10.0.3.7/x` is a device. */
const hasSites = (protocol: string): boolean => protocol === 'mqtt' || protocol === 'webhook'

interface Shape {
  readonly begin: string
  /** Of ourselves: nobody to be found and registered. */
  readonly ours: boolean
  words(rest: string, protocol: string): Words | undefined
}

const from = ({ zh, en }: Words, whose: string): Words =>
  whose === 'all'
    ? { zh: `${zh}（多处来源）`, en: `${en} (from many places)` }
    : { zh: `${zh}（来自 ${whose}）`, en: `${en} (from ${whose})` }

/** Names that adapters give to what is no device, by their beginning. */
const SHAPES: readonly Shape[] = [
  {
    begin: 'gateway@',
    ours: true,
    words: (address, protocol) => {
      const { zh, en } = DEVICES[protocol] ?? ANY_DEVICE
      return { zh: `同一地址的${zh}（${address}）`, en: `Every ${en} at ${address}` }
    }
  },
  { begin: CROWD, ours: false, words: (whose, protocol) => from(CROWDS[protocol] ?? ANY_CROWD, whose) },
  {
    begin: 'anonymous@',
    ours: false,
    words: (address, protocol) =>
      protocol === 'sip' ? from({ zh: '隐藏号码来电', en: 'Withheld number' }, address) : undefined
  },
  {
    begin: 'trunk/',
    ours: true,
    words: (name, protocol) => (protocol === 'sip' ? { zh: `电话交换机 ${name}`, en: `Exchange ${name}` } : undefined)
  },
  {
    begin: 'broker',
    ours: true,
    words: (rest, protocol) =>
      protocol === 'mqtt' && rest === '' ? { zh: 'MQTT 接入服务', en: 'MQTT broker' } : undefined
  },
  { begin: 'line', ours: true, words: (rest, protocol) => (rest === '' ? LINES[protocol] : undefined) }
]

function shaped(sourceId: string): { readonly ours: boolean; readonly words: Words } | undefined {
  const protocol = kindOf(sourceId)
  const native = nativeOf(sourceId)
  if (native.includes('/') && hasSites(protocol)) return undefined
  for (const { begin, ours, words } of SHAPES) {
    const found = native.startsWith(begin) ? words(cut(native.slice(begin.length)), protocol) : undefined
    if (found) return { ours, words: found }
  }
  return undefined
}

const kindOf = (sourceId: string): string => sourceId.slice(0, sourceId.indexOf(':'))
const nativeOf = (sourceId: string): string => sourceId.slice(sourceId.indexOf(':') + 1)
/** Signs that nobody sees, or that turn what stands behind them: with them a name looks like another's. */
const seen = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD')
const cut = (text: string): string => {
  const shown = seen(text)
  return shown.length > MAX_CHARS ? `${shown.slice(0, MAX_CHARS - 1)}…` : shown
}

function strangerWords(sourceId: string): Words {
  const protocol = kindOf(sourceId)
  const native = nativeOf(sourceId)
  if (protocol === 'sip' && /^\+?\d+$/.test(native))
    return { zh: `未登记号码 ${cut(native)}`, en: `Unregistered number ${cut(native)}` }
  const { zh, en } = DEVICES[protocol] ?? ANY_DEVICE
  // Of a camera's endpoint nobody reads the 45 signs before the input's name.
  const shown = cut(protocol === 'onvif' ? native.slice(native.lastIndexOf('/') + 1) : native)
  return { zh: `未登记${zh} ${shown}`, en: `Unregistered ${en} ${shown}` }
}

/** An unknown source stands for itself (rule 7). */
export function unmappedCard(sourceId: SourceId): SubjectCard {
  const known = shaped(sourceId)
  const { zh, en } = known?.words ?? strangerWords(sourceId)
  return {
    ...{ id: id<SubjectId>(`unmapped:${sourceId}`), kind: 'unmapped', name: zh, nameEn: en, address: '' },
    description: seen(sourceId),
    ...(known?.ours ? { ours: true } : {})
  }
}

/** Whom a crowd of unproven reports names, by their word alone: `dc09:flood@1021` → `dc09:1021`. */
export function namedByCrowd(sourceId: SourceId): SourceId | undefined {
  const [protocol, native] = [kindOf(sourceId), nativeOf(sourceId)]
  if (!native.startsWith(CROWD) || (native.includes('/') && hasSites(protocol))) return undefined
  return id<SourceId>(`${protocol}:${native.slice(CROWD.length)}`)
}

/** Such a crowd that names somebody of the registry: whose it may be and where, and a subject of its own, so that it neither joins nor moves what is known of them. */
export function unprovenCard(crowd: SourceId, { id: whose, kind, name, nameEn, ...card }: SubjectCard): SubjectCard {
  return {
    ...{ id: id<SubjectId>(`unproven:${whose}`), kind, name: `${name}（未经验证）` },
    nameEn: `${nameEn ?? name} (unproven sender)`,
    ...{ address: card.address, description: seen(crowd) },
    ...(card.phone === undefined ? {} : { phone: card.phone }),
    ...(card.gridCell === undefined ? {} : { gridCell: card.gridCell })
  }
}

/** More unknown sources than an address may have: all of them together. */
export function floodCard(host: string): SubjectCard {
  const { zh, en } = from({ zh: '大量未登记设备', en: 'Many unregistered devices' }, cut(host))
  return {
    ...{ id: id<SubjectId>(`flood:${host}`), kind: 'unmapped', name: zh, nameEn: en, address: '' },
    description: seen(`flood:${host}`)
  }
}

/** Many cameras silent at once: `cameras:host:10.0.3.7` behind a recorder, `cameras:net:10.0.3` of a network. */
export function cameraGroupNames(group: string): Named {
  const [kind, where] = [kindOf(group), nativeOf(group)]
  return kind === 'net'
    ? { name: `网段 ${where} 的摄像机`, nameEn: `Cameras of the network ${where}` }
    : { name: `${where} 上的摄像机`, nameEn: `Cameras at ${where}` }
}

/** It is no source that somebody could register. */
export const isOurLine = (sourceId: string): boolean => shaped(sourceId)?.ours === true
