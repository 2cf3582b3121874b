/** One source's row, and the words for how it is. */
import type { TFunction } from 'i18next'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { HeartbeatRule, SourceLine } from '../../../../gateway/core/sources.ts'
import { useNow } from '../../state/clock.ts'
import { ageText, agoText, spanText } from '../../ui/time.ts'
import { Due } from './due.tsx'
import { peerText } from './peer-text.ts'

export const ROW_PX = 38

interface RowProps {
  /** Absent while it is asked for. */
  readonly line: SourceLine | undefined
  /** Counts from 1, the head included. */
  readonly index: number
  readonly columns: number
  readonly chosen: boolean
  readonly onChoose: (sourceId: string | undefined) => void
}

export const Row = memo(function Row({ line, index, columns, chosen, onChoose }: RowProps) {
  const { t } = useTranslation()
  if (!line)
    return (
      <tr aria-rowindex={index}>
        <td colSpan={columns} className="d">
          {t('sources:loading')}
        </td>
      </tr>
    )
  return (
    <tr
      aria-rowindex={index}
      className={chosen ? 'chosen' : ''}
      // The whole row for the mouse; keys and readers have the button in it.
      onClick={event => {
        if (event.target instanceof Element && event.target.closest('button, a')) return
        onChoose(chosen ? undefined : line.id)
      }}
    >
      <td>
        <button
          type="button"
          className="el"
          aria-expanded={chosen}
          onClick={() => onChoose(chosen ? undefined : line.id)}
        >
          {nameOf(line, t)} <span className="d t12 n">{line.id.slice(line.protocol.length + 1)}</span>
        </button>
      </td>
      <td>
        <State line={line} />
      </td>
      <td>
        <Cause line={line} />
        <Due line={line} />
      </td>
      <td className="n right">
        <Heard atMs={line.lastHeardAtMs} />
      </td>
      <td className="m">{ruleText(line.rule, t)}</td>
      <td>{protocolText(line.protocol, t)}</td>
      <td className="m">{line.kind ? t(`words:sourceKind.${line.kind}`) : '–'}</td>
      <td className="n">{line.subject.phone ?? '–'}</td>
      <td className="m">{line.gridCell?.name ?? '–'}</td>
      <td className="d n t12" title={line.model}>
        {line.origin === undefined ? '–' : peerText(line.origin)}
      </td>
    </tr>
  )
})

/** Shape and word, never colour alone. */
export function State({ line: { state, sinceMs } }: { readonly line: SourceLine }) {
  const { t } = useTranslation()
  const now = useNow()
  return (
    <span className={`src-state ${state}`}>
      <i aria-hidden="true" />
      {t(`sources:state.${state}`)}
      {sinceMs !== undefined && <span className="d n">{ageText(now - sinceMs, t)}</span>}
    </span>
  )
}

export function Cause({ line }: { readonly line: SourceLine }) {
  const { t } = useTranslation()
  const causes = line.causes.map(cause => t([`sources:cause.${cause}`, `words:cause.${cause}`, cause]))
  const todo = todoOf(line, t)
  const incident =
    line.incident && t(line.restored ? 'sources:restored' : 'sources:openIncident', { number: line.incident })
  const all = [causes.join(t('common:comma')), incident, todo].filter(Boolean)
  return (
    <span className="el" title={all.join(' · ')}>
      {causes.length > 0 && <b>{causes.join(t('common:comma'))} </b>}
      {incident && <span className={line.restored ? 't-amb' : ''}>{incident} </span>}
      <span className="m">{todo}</span>
    </span>
  )
}

function todoOf({ state, causes: [cause], kind }: SourceLine, t: TFunction): string | undefined {
  if (kind === undefined) return t('sources:todo.unmapped')
  if (state === 'never') return t('sources:todo.never')
  return cause && t([`sources:todo.${cause}`, 'sources:todo.trouble'])
}

function Heard({ atMs }: { readonly atMs: number | undefined }) {
  const { t } = useTranslation()
  const now = useNow()
  return atMs === undefined ? '–' : agoText(now - atMs, t)
}

export function nameOf({ subject, kind, label }: SourceLine, t: TFunction): string {
  if (kind === undefined) return t('sources:unmapped')
  return label ? `${subject.name} · ${label}` : subject.name
}

export function protocolText(protocol: string, t: TFunction): string {
  return t([`sources:protocol.${protocol}`, protocol])
}

export function ruleText(rule: HeartbeatRule, t: TFunction): string {
  switch (rule.kind) {
    case 'connection':
      return t('sources:rule.connection', { trouble: limitText(rule.troubleMs, t) })
    case 'linkTest':
      return t('sources:rule.linkTest', { every: limitText(rule.everyMs, t), trouble: limitText(rule.troubleMs, t) })
    case 'testCall':
      return t('sources:rule.testCall', { days: rule.days })
    case 'camera':
    case 'none':
      return t(`sources:rule.${rule.kind}`)
  }
}

/** A limit is not rounded: 150 s are not 3 minutes. */
function limitText(ms: number, t: TFunction): string {
  return ms % 60_000 === 0 && ms > 60_000 ? spanText(ms, t) : t('common:span.seconds', { n: Math.round(ms / 1_000) })
}
