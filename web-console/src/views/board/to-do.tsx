/** 需要你处理: what waits for the leader, one button a line; the grid cell, but no name and no address, since visitors may see the board. */
import { useTranslation } from 'react-i18next'
import type { SourceShelves } from '../../../../gateway/core/source-shelf.ts'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { type ToDo, toDoOf } from '../../state/to-do.ts'
import { Icon } from '../../ui/icons.tsx'
import { Button } from '../../ui/parts.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { ageText } from '../../ui/time.ts'
import { goTo } from '../../windows/use-windows.ts'
import { useRecords } from '../../wire/use-records.ts'
import { openIncident } from './open-incident.tsx'

/** More are told as a number: what waits for anybody stays in sight below. */
const SHOWN = 5

export function ToDoPanel() {
  const { t } = useTranslation()
  const now = useNow()
  const incidents = useConsole(state => state.incidents)
  const [shelves] = useRecords<SourceShelves>('/api/sources/shelves', 'sourceShelves')
  const lines = toDoOf(incidents.values(), shelves?.active ?? [], now)
  return (
    <section className="panel admin-panel board-todo">
      <h2 className="head">
        {t('board:todo.title')}
        <span className={lines.length > 0 ? 'chip white n' : 'chip n'}>{lines.length}</span>
      </h2>
      {lines.length === 0 && <p className="m admin-pad">{t('board:todo.none')}</p>}
      <ul aria-label={t('board:todo.title')}>
        {lines.slice(0, SHOWN).map(line => (
          <Line key={line.kind === 'shelf' ? line.shelf.id : line.incident.id} line={line} now={now} />
        ))}
      </ul>
      {lines.length > SHOWN && <p className="d t12 admin-pad">{t('board:more', { n: lines.length - SHOWN })}</p>}
    </section>
  )
}

function Line({ line, now }: { readonly line: ToDo; readonly now: number }) {
  const { t } = useTranslation()
  const { kind, sinceMs } = line
  const age = ageText(Math.abs(now - sinceMs), t)
  if (line.kind === 'shelf') {
    const { alarm, standing } = line.shelf
    const what = alarm ? t(`words:alarmClass.${alarm.alarmClass}`) : t('sources:shelf.all')
    return (
      <li className="row g8">
        <Icon name="detector" size={20} />
        <span className="col grow">
          <b>{t('board:todo.shelf', { age })}</b>
          <span className="m t12">{t(standing ? 'board:todo.shelfStands' : 'board:todo.shelfQuiet', { what })}</span>
        </span>
        <Button
          className="small"
          onClick={() => goTo(`/sources?${new URLSearchParams({ source: line.shelf.sourceId })}`)}
        >
          {t('board:todo.look')}
        </Button>
      </li>
    )
  }
  const { id, number, priority, alarmClass, owner, subject } = line.incident
  const seat = owner?.seat === undefined ? (owner?.name ?? '') : t('common:seatN', { n: owner.seat })
  return (
    <li className="row g8">
      <PriorityShape priority={priority} size={20} />
      <span className="col grow">
        <b>{t(`board:todo.${kind}`)}</b>
        <span className="m t12 n">
          {[number, t(`words:alarmClass.${alarmClass}`), subject.gridCell?.name, seat].filter(Boolean).join(' · ')}
        </span>
      </span>
      <span className="n nw">{age}</span>
      <Button
        className="small"
        aria-label={t('board:todo.open', { what: t(`board:todo.do.${kind}`), number })}
        onClick={() => openIncident(id)}
      >
        {t(`board:todo.do.${kind}`)}
      </Button>
    </li>
  )
}
