/** 交班报告: one shift, counted and listed: what came, how fast it was answered, who was on, what is left open, what was handed over. */

import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ShiftIncidentLine, ShiftLog } from '../../../../gateway/core/shift-log.ts'
import { openSheet } from '../../print/sheets.ts'
import { troubleText } from '../../state/title.ts'
import { calledText } from '../../ui/called.ts'
import { DayField } from '../../ui/day-field.tsx'
import { FailedLine } from '../../ui/failed.tsx'
import { Button, Chip } from '../../ui/parts.tsx'
import { spotText } from '../../ui/place-text.ts'
import { clockText, dateText, durationText, minuteText } from '../../ui/time.ts'
import { type Column, Table } from '../admin/table.tsx'
import { TargetRows } from './tables.tsx'
import { type AskedShift, useShift } from './use-shift.ts'

interface Props {
  readonly today: string
  readonly timeZone: string
  readonly asked: AskedShift | undefined
  readonly onAsk: (asked: AskedShift | undefined) => void
}

export function ShiftView({ today, timeZone, asked, onAsk }: Props) {
  const { found: log, failed, busy, again } = useShift(asked)
  return (
    <>
      {log && <ShiftControls log={log} today={today} busy={busy} onAsk={onAsk} onAgain={again} />}
      <FailedLine code={failed} />
      {log && (
        <div className={failed ? 'report-body stale' : 'report-body'} aria-busy={busy}>
          <ShiftTitle log={log} timeZone={timeZone} />
          <div className="admin-columns">
            <div className="admin-column">
              <Counts log={log} />
              {!log.withheld && <Lines log={log} name="left" timeZone={timeZone} />}
              {!log.withheld && <Lines log={log} name="troubles" timeZone={timeZone} />}
            </div>
            <div className="admin-column">
              <Targets log={log} />
              <People log={log} timeZone={timeZone} />
              {!log.withheld && <HandOvers log={log} timeZone={timeZone} />}
            </div>
          </div>
          {!log.withheld && <Lines log={log} name="incidents" timeZone={timeZone} />}
        </div>
      )}
    </>
  )
}

interface ControlsProps {
  readonly log: ShiftLog
  readonly today: string
  readonly busy: boolean
  readonly onAsk: (asked: AskedShift | undefined) => void
  readonly onAgain: () => void
}

function ShiftControls({ log, today, busy, onAsk, onAgain }: ControlsProps) {
  const { t, i18n } = useTranslation()
  const asked = { day: log.day, shift: String(log.shift) }
  const print = (format: 'pdf' | 'csv') => openSheet('shift', i18n.language, { ...asked, format })
  return (
    <search className="report-controls">
      <button type="button" className="chip" onClick={() => onAsk(undefined)}>
        {t('reports:shift.current')}
      </button>
      <DayField
        value={log.day}
        max={today}
        required
        label={t('reports:column.day')}
        onDay={day => onAsk({ ...asked, day })}
      />
      <fieldset className="row g6">
        <legend className="report-hidden">{t('reports:shift.starts')}</legend>
        {log.starts.map((start, n) => (
          <button
            key={start}
            type="button"
            className={n === log.shift ? 'chip white n' : 'chip n'}
            aria-pressed={n === log.shift}
            onClick={() => onAsk({ ...asked, shift: String(n) })}
          >
            {t('reports:shift.from', { start })}
          </button>
        ))}
      </fieldset>
      <span className="grow" />
      <Button state={busy ? 'sending' : 'ready'} onClick={onAgain}>
        {t('reports:again')}
      </Button>
      {!log.withheld && <Button onClick={() => print('csv')}>CSV</Button>}
      {!log.withheld && <Button onClick={() => print('pdf')}>{t('print:shift.button')}</Button>}
    </search>
  )
}

function ShiftTitle({ log, timeZone }: { readonly log: ShiftLog; readonly timeZone: string }) {
  const { t, i18n } = useTranslation()
  const at = (ms: number) => `${dateText(ms, timeZone, i18n.language)} ${minuteText(ms, timeZone)}`
  return (
    <h1 className="report-title">
      {t('reports:shift.title')}
      <span className="n">{t('print:shift.span', { from: at(log.fromMs), to: at(log.toMs) })}</span>
      <span className="d t12 n">
        {log.over
          ? t('reports:asOf', { time: clockText(log.madeAtMs, timeZone) })
          : t('print:shift.running', { time: clockText(log.madeAtMs, timeZone) })}
      </span>
      {log.withheld && <span className="m t12">{t('print:shift.withheld')}</span>}
    </h1>
  )
}

const columnsOf = (t: (key: string) => string, names: readonly string[], right: readonly string[] = []): Column[] =>
  names.map(name => ({ word: t(`print:column.${name}`), right: right.includes(name) }))

function Counts({ log }: { readonly log: ShiftLog }) {
  const { t } = useTranslation()
  const figures = ['incidents', 'falseAlarms', 'remaining', 'answerP90'] as const
  return (
    <Table
      title={t('print:shift.counts')}
      count={log.counts.reduce((sum, line) => sum + line.incidents, 0)}
      columns={columnsOf(t, ['priority', ...figures], figures)}
      empty={t('print:none')}
    >
      {log.counts.map(({ priority, incidents, falseAlarms, left, answer }) => (
        <tr key={priority}>
          <td>P{priority}</td>
          <td className="right n">{incidents}</td>
          <td className="right n">{falseAlarms}</td>
          <td className={left > 0 && priority <= 3 ? 'right n t-amb' : 'right n'}>{left}</td>
          <td className="right n">{answer.p90Ms === undefined ? '–' : durationText(answer.p90Ms, t)}</td>
        </tr>
      ))}
    </Table>
  )
}

function Targets({ log }: { readonly log: ShiftLog }) {
  const { t } = useTranslation()
  const targets = log.targets.filter(({ n }) => n > 0)
  const names = ['priority', 'measured', 'within', 'counted', 'kept', 'share', 'asked', 'verdict']
  return (
    <Table
      title={t('print:shift.targets')}
      count={targets.length}
      columns={names.map((name, n) => ({ word: t(`reports:column.${name}`), right: n > 1 && n < 7 }))}
      empty={t('reports:shift.noTimes')}
    >
      <TargetRows targets={targets} />
    </Table>
  )
}

function People({ log, timeZone }: { readonly log: ShiftLog; readonly timeZone: string }) {
  const { t } = useTranslation()
  const clock = (ms: number | undefined) => (ms === undefined ? '–' : clockText(ms, timeZone))
  return (
    <Table
      title={t('print:shift.people')}
      count={log.people.length}
      columns={columnsOf(t, ['person', 'seats', 'came', 'gone', 'taken', 'answerP90'], ['taken', 'answerP90'])}
      empty={t('reports:shift.nobody')}
    >
      {log.people.map(({ login, name, seats, cameMs, leftMs, accepted, answer }) => (
        <tr key={login}>
          <td>
            <span className="n">{login}</span> {name}
          </td>
          <td className="n">{seats.join(t('common:comma')) || '–'}</td>
          <td className="n">{clock(cameMs)}</td>
          <td className="n">{clock(leftMs)}</td>
          <td className="right n">{accepted}</td>
          <td className="right n">{answer.p90Ms === undefined ? '–' : durationText(answer.p90Ms, t)}</td>
        </tr>
      ))}
    </Table>
  )
}

function HandOvers({ log, timeZone }: { readonly log: ShiftLog; readonly timeZone: string }) {
  const { t } = useTranslation()
  return (
    <Table
      title={t('print:shift.handOvers')}
      count={log.handOvers.length}
      columns={columnsOf(t, ['time', 'handedFrom', 'handedTo', 'state', 'note'])}
      empty={t('reports:shift.noHandOver')}
    >
      {log.handOvers.map(({ id, atMs, from, to, state, note }) => (
        <tr key={id}>
          <td className="n">{clockText(atMs, timeZone)}</td>
          <td>{from.name}</td>
          <td>{to.name}</td>
          <td>{t(`print:handOver.${state}`)}</td>
          <td className="report-words">{note}</td>
        </tr>
      ))}
    </Table>
  )
}

/** `left` are those of the incidents that were not resolved. */
function Lines({
  log,
  name,
  timeZone
}: {
  readonly log: ShiftLog
  readonly name: 'left' | 'troubles' | 'incidents'
  readonly timeZone: string
}) {
  const { t, i18n } = useTranslation()
  const lines = name === 'troubles' ? log.troubles : log.incidents.filter(({ left }) => name !== 'left' || left)
  const aside: ReactNode = log.leftOff > 0 && name === 'incidents' && t('print:shift.leftOff', { n: log.leftOff })
  const day = (ms: number) => `${dateText(ms, timeZone, i18n.language)} `
  return (
    <Table
      title={t(`print:shift.${name}`)}
      count={lines.length}
      columns={columnsOf(t, ['number', 'opened', 'type', 'subject', 'operator', 'answer', 'result'], ['answer'])}
      empty={t(`reports:shift.empty.${name}`)}
      aside={aside}
    >
      {lines.map(line => (
        <tr key={line.id}>
          <td className="n">
            P{line.priority} {line.number}
          </td>
          <td className="n">
            {line.carried && day(line.openedAtMs)}
            {clockText(line.openedAtMs, timeZone)}
          </td>
          <td>
            {troubleText(line, t) || t(`words:alarmClass.${line.alarmClass}`)}
            {line.duress && line.alarmClass !== 'duress' && <Chip tone="red">{t('words:alarmClass.duress')}</Chip>}
          </td>
          <td className="admin-detail" title={spotText(line.place, t)}>
            {calledText(line, t)}
          </td>
          <td>{line.owner ?? '–'}</td>
          <td className="right n">{line.answerMs === undefined ? '–' : durationText(line.answerMs, t)}</td>
          <td>
            <Result line={line} />
          </td>
        </tr>
      ))}
    </Table>
  )
}

function Result({ line }: { readonly line: ShiftIncidentLine }) {
  const { t } = useTranslation()
  return (
    <span className="row g6">
      {line.left || !line.disposition
        ? t(line.left && line.nobodyThere ? 'words:leftNobody' : `words:state.${line.left ? line.state : 'resolved'}`)
        : t(`words:disposition.${line.disposition}`)}
      {line.carried && <Chip>{t('print:shift.carried')}</Chip>}
      {line.escalated && <Chip tone="amber">{t('print:shift.escalated')}</Chip>}
    </span>
  )
}
