/** Entries of the audit log in words: who, what about, why, and the detail by the names of its fields; what has no word stands as it was recorded. */
import type { TFunction } from 'i18next'
import type { AuditLine } from '../../../../gateway/core/search.ts'
import { madeBy } from '../../ui/called.ts'
import { bytesText, etaText } from '../../ui/time.ts'
import { stampText } from './stamp.ts'

/** Where the words of a field's values are. */
const AREA: Readonly<Record<string, string>> = {
  ...{ state: 'words:state', nature: 'words:nature', disposition: 'words:disposition', role: 'words:role' },
  ...{ kind: 'words:evidence', command: 'words:deviceCommand', result: 'words:commandResult' }
}
/** One word of ours: neither a name, nor a number, nor an id. */
const WORD = /^[a-zA-Z][\w-]*$/
/** The beginning tells one from another; the file has the whole. */
const LONG_HASH = /^([0-9a-f]{12})[0-9a-f]{28,}$/
/** Later than this many milliseconds is a time, not how long something lasts. */
const TIME_FROM_MS = 10 ** 12

export function auditWho(who: string, t: TFunction): string {
  if (who === 'system') return t('words:actor.system')
  if (who === 'command line') return t('audit:who.commandLine')
  const [, name] = /^api (.+)$/.exec(who) ?? []
  return name === undefined ? who : t('audit:who.api', { name })
}

/** Whose doing it was: a person, the gateway itself, or the way it came by. */
function auditBy(by: string, t: TFunction): string {
  if (by === 'session lost') return t('audit:value.sessionLost')
  const who = auditWho(by, t)
  return who === by && WORD.test(by) ? t([`audit:value.${by}`, `words:role.${by}`, by]) : who
}

/** `camera:c-7` → 摄像机 c-7; `board` → 看板. */
export function auditObject(object: string, t: TFunction): string {
  const [, kind = '', rest = ''] = /^(\w+)(?::(.*))?$/.exec(object) ?? []
  const word = kind === '' ? '' : t([`audit:object.${kind}`, ' ']).trim()
  const what = WORD.test(rest) ? t([`audit:value.${rest}`, rest]) : rest
  return word === '' ? object : [word, what].filter(Boolean).join(' ')
}

export function auditReason(reason: string, t: TFunction): string {
  if (reason === 'video patrol') return t('common:page.video-patrol')
  return WORD.test(reason) ? t([`audit:reason.${reason}`, `words:error.${reason}`, reason]) : reason
}

export function auditDetail({ detail = {} }: Pick<AuditLine, 'detail'>, timeZone: string, t: TFunction): string {
  return Object.entries(detail)
    .map(([name, value]) => `${t([`audit:field.${name}`, name])} ${valueText(name, value, timeZone, t)}`)
    .join(' · ')
}

function valueText(name: string, value: string | number | boolean, timeZone: string, t: TFunction): string {
  if (typeof value === 'boolean') return t(value ? 'audit:value.yes' : 'audit:value.no')
  if (typeof value === 'number' && name === 'bytes') return bytesText(value)
  if (typeof value === 'number' && name.endsWith('Ms'))
    return value >= TIME_FROM_MS ? stampText(value, timeZone) : etaText(value / 1_000, t)
  const text = String(value)
  if (name === 'by' || name === 'user') return auditBy(text, t)
  if (/^\w+:/.test(text)) return auditObject(text, t)
  if (name === 'camera') return madeBy({ cameraName: text }, t)
  if (name === 'action') return t([`audit:action.${text}`, text])
  if (!WORD.test(text)) return text.replace(LONG_HASH, '$1…')
  const area = AREA[name]
  return t([...(area ? [`${area}.${text}`] : []), `audit:value.${text}`, text]).replace(LONG_HASH, '$1…')
}
