/** Puts a line of 经过 into words: its kind chooses the sentence, its data fills it; free text of people is added as it is. */
import i18next, { type TFunction } from 'i18next'
import type { TimelineEntry, TimelineKind } from '../../../gateway/core/incident.ts'
import { listText, madeBy } from '../ui/called.ts'
import { etaText, tenthsText } from '../ui/time.ts'
import { failureText, saidNothing } from './failure.ts'

type Values = Record<string, string | number>

/** Data whose values are words of the domain, with the area of their translations. */
const TRANSLATED: Readonly<Record<string, string>> = {
  alarmClass: 'alarmClass',
  nature: 'nature',
  unitClass: 'unitClass',
  disposition: 'disposition',
  cause: 'cause',
  callEnd: 'callEnd',
  said: 'neighbour',
  end: 'calloutEnd',
  contact: 'contact',
  contactsEnd: 'contactsEnd',
  command: 'deviceCommand',
  result: 'commandResult',
  talkWay: 'talkWay',
  wayWhy: 'wayWhy'
}

/** Names of several joined to one value; what the gateway named itself has its English beside it. */
const LISTS = ['camera', 'units', 'zones'] as const

/** Free text and reasons are shown after the sentence; what we say ourselves has its English beside it (`textEn`), lines of before none. */
const TAILS = ['text', 'feedback', 'reason', 'why', 'orderNumber', 'officer', 'detail'] as const

function valuesOf(entry: TimelineEntry, t: TFunction): Values {
  const values: Values = {}
  for (const [key, value] of Object.entries(entry.data)) {
    const area = TRANSLATED[key]
    values[key] = area ? t([`words:${area}.${value}`, String(value)]) : String(value)
  }
  for (const key of LISTS) if (key in values) values[key] = listedText(entry, key, t)
  // As the table named it at that time.
  if (entry.data.categoryZh !== undefined)
    values.category = String(i18next.language === 'en' ? entry.data.categoryEn : entry.data.categoryZh)
  if (entry.data.stepZh !== undefined)
    values.step = String(i18next.language === 'en' ? entry.data.stepEn : entry.data.stepZh)
  // As the devices' block names it: the protocol tells an operator nothing.
  if (entry.kind === 'deviceCommand') values.source = String(entry.data.source).replace(/^[^:]*:/, '')
  if (entry.data.restarted === true) values.result = t('words:commandResult.restarted')
  if (entry.kind === 'evidence' || entry.kind === 'evidenceFailed')
    values.kind = t(`words:evidence.${entry.data.placed ? 'callBack' : entry.data.kind}`)
  if (typeof entry.data.seconds === 'number') values.span = etaText(entry.data.seconds, t)
  return values
}

function listedText({ data }: TimelineEntry, key: (typeof LISTS)[number], t: TFunction): string {
  const names = String(data[key])
  const pieces = (t('common:languageIs') === 'en' ? String(data[`${key}En`] ?? names) : names).split('、')
  // Photos of vehicles had no English name once.
  return pieces.map(cameraName => madeBy({ cameraName }, t)).join(t('common:comma'))
}

/** Tenths of a second count below a minute, as the target does. */
function answerText(ms: number, t: TFunction): string {
  return ms < 60_000 ? tenthsText(ms, t) : etaText(ms / 1_000, t)
}

/** A call that ended before anybody spoke is told, not lamented. */
export const isSilent = ({ kind, data }: TimelineEntry): boolean =>
  kind === 'evidenceFailed' &&
  data.kind === 'voice' &&
  saidNothing(String(data.why), typeof data.lastedS === 'number' ? data.lastedS : undefined)

/** Why this unit, as it stood in the ranking. */
const whyText = (reasons: string, t: TFunction): string =>
  reasons
    .split(' ')
    .map(reason => t([`words:why.${reason}`, reason]))
    .join(t('common:comma'))

/** Lines that tell which trouble it is: its cause is the zone of its alarm unless it has both. */
const OF_TROUBLE: readonly TimelineKind[] = ['opened', 'joined', 'restored']

function causeText({ kind, data }: TimelineEntry, t: TFunction): string {
  if (data.alarmClass !== 'trouble' || !OF_TROUBLE.includes(kind)) return ''
  return t(`words:cause.${data.cause ?? data.zone}`, { defaultValue: '' })
}

/** Why a message was not handed over, as the page of deliveries says it. */
export const untoldText = ({ data }: TimelineEntry, t: TFunction): string =>
  t([`deliveries:error.${data.untold}`, String(data.untold)])

/** Kinds whose sentence depends on what is known. */
function sentence(entry: TimelineEntry, t: TFunction): { readonly key: string; readonly more?: Values } {
  const { data } = entry
  const kind: TimelineKind = entry.kind
  if (kind === 'pressed' && data.gathered !== undefined)
    return { key: 'pressedMany', more: { span: withinText(entry, t) } }
  const cause = causeText(entry, t)
  if (cause !== '' && data.confirmed !== true) return { key: `${kind}Trouble`, more: { cause } }
  if (kind === 'pressed' && data.presses === undefined) return { key: 'pressedAgain' }
  if (kind === 'cancelAsked' && data.duress === true) return { key: 'cancelForced' }
  if (kind === 'acknowledged' && typeof data.answerMs === 'number')
    return { key: 'acknowledgedIn', more: { span: answerText(data.answerMs, t) } }
  if (kind === 'acknowledged' && data.again === true) return { key: 'acknowledgedAgain' }
  if (kind === 'restored' && data.confirmed === true) return { key: 'lightOut' }
  if (kind === 'offered' && data.unitClass !== undefined) return { key: 'offeredByHand' }
  if (kind === 'noUnit' && data.unplaced === true) return { key: 'noUnitPlace' }
  // Without a place there is a reason and no time.
  if ((kind === 'offered' || kind === 'autoOffered') && typeof data.reasons === 'string' && data.etaS !== undefined)
    return { key: `${kind}Why`, more: { reasons: whyText(data.reasons, t), span: etaText(Number(data.etaS), t) } }
  if (kind === 'leaderTold') return { key: 'leaderTold', more: { span: etaText(Number(data.idleS), t) } }
  if (kind === 'escalated' && data.level === 2) return { key: 'escalatedLeader' }
  if (kind === 'talkWay' && data.wayWhy !== undefined) return { key: 'talkWayWhy' }
  if (kind === 'contactUntold')
    return { key: data.again === true ? 'contactLate' : kind, more: { untold: untoldText(entry, t) } }
  if (kind === 'calledBack' && data.relation !== undefined) return { key: 'contactCalled' }
  if (kind === 'callEnded' && data.relation !== undefined)
    return { key: data.callEnd === 'talked' ? 'contactTalked' : 'contactMissed' }
  if (kind === 'callEnded' && data.callEnd === 'talked') return { key: 'callTalked' }
  if (kind === 'evidence' && data.kind === 'voice') return { key: Number(data.gapS) > 0 ? 'voiceWithGaps' : 'voice' }
  if (kind === 'evidenceFailed' && data.kind === 'voice')
    return { key: isSilent(entry) ? 'voiceNothing' : 'voiceFailed' }
  if (kind === 'evidenceFailed' && data.soundCodec !== undefined) return { key: 'soundUnreadable' }
  if (kind === 'evidence' && data.late === true) return { key: 'evidenceLate' }
  if (kind === 'evidence' && Number(data.preRollS) > 0) return { key: 'evidencePreRoll' }
  if (kind === 'deviceCommand' && data.result !== 'asked') return { key: 'deviceAnswered' }
  if (kind === 'closed' && data.by === 'time') return { key: 'closedByTime' }
  if ((kind === 'resolved' || kind === 'feedbackGiven') && data.categoryZh !== undefined)
    return {
      key: Number(data.injured) + Number(data.dead) + Number(data.lossYuan) > 0 ? `${kind}Harm` : `${kind}Facts`
    }
  if (kind === 'partyLeft' && data.callEnd === 'byUs') return { key: 'partyDropped' }
  if (kind === 'calloutStarted' && data.message === 'guard') return { key: 'calloutStartedGuard' }
  if ((kind === 'messageSent' || kind === 'messageGot') && data.photo === true) return { key: `${kind}Photo` }
  if (kind === 'note' && typeof data.check === 'string') return { key: data.check }
  return { key: kind }
}

/** Within how long they were gathered; a line without it is of a second. */
const withinText = ({ data }: TimelineEntry, t: TFunction): string =>
  etaText(Math.max(1, Number(data.withinMs ?? 0) / 1_000), t)

/** Of reports that were gathered, other than presses that say so by themselves. */
const manyText = (entry: TimelineEntry, t: TFunction): string =>
  entry.data.gathered === undefined
    ? ''
    : t('words:timeline.many', { gathered: entry.data.gathered, span: withinText(entry, t) })

const zonesText = ({ data }: TimelineEntry, t: TFunction): string =>
  data.zones === undefined ? '' : t('words:timeline.zones', { zones: listText(String(data.zones), t) })

/** The line's sentence and, when somebody wrote something, their words. */
export function timelineText(entry: TimelineEntry, t: TFunction): { readonly text: string; readonly said?: string } {
  const { key, more } = sentence(entry, t)
  const text = t(`words:timeline.${key}`, { ...valuesOf(entry, t), ...more })
  if (isSilent(entry)) return { text }
  if (entry.kind === 'evidenceFailed' && entry.data.soundCodec === undefined)
    return { text, said: failureText(String(entry.data.why ?? ''), t) }
  if (entry.kind === 'evidence' && entry.data.cut !== undefined)
    return { text, said: t('words:failure.clipCut', { count: Number(entry.data.cut) }) }
  const english = t('common:languageIs') === 'en'
  const said = [
    ...(entry.kind === 'pressed' ? [] : [manyText(entry, t)]),
    zonesText(entry, t),
    ...TAILS.map(tail => (english && tail === 'text' && entry.data.textEn) || entry.data[tail])
  ]
    .filter(value => typeof value === 'string' && value !== '')
    .join(' · ')
  return said === '' ? { text } : { text, said }
}

/** Who did it: a person's or unit's name, else the system or the device. */
export function actorText(entry: TimelineEntry, t: TFunction): string {
  const { actor } = entry
  return actor.kind === 'user' || actor.kind === 'unit' ? actor.name : t(`words:actor.${actor.kind}`)
}
