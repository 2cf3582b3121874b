/** Incidents of any age: found by number, name, initials, address, telephone, plate or owner, kind and end; one of them opened beside the list, read only. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { IncidentSearchLine, IncidentsFound } from '../../../../gateway/core/search.ts'
import type { AlarmClass } from '../../../../gateway/core/signal.ts'
import { useSession } from '../../session.tsx'
import { calledText } from '../../ui/called.ts'
import { capital } from '../../ui/capital.ts'
import { Chip } from '../../ui/parts.tsx'
import { spotText } from '../../ui/place-text.ts'
import { useEscape } from '../../ui/use-escape.ts'
import { Table } from '../admin/table.tsx'
import { DISPOSITION_GROUPS } from '../patrol/report.ts'
import { Filter } from './filter.tsx'
import { More } from './more.tsx'
import { Record } from './record.tsx'
import { stampText } from './stamp.ts'
import { useArrows } from './use-arrows.ts'
import { useSearch } from './use-search.ts'

const STAGES = ['open', 'resolved', 'closed'] as const
const CLASSES: readonly AlarmClass[] = [
  ...(['panic', 'duress', 'medical', 'fire', 'intrusion', 'tamper', 'gas', 'water', 'environment', 'help'] as const),
  ...(['fence', 'report', 'camera', 'trouble', 'unmapped'] as const)
]
const ENDS = DISPOSITION_GROUPS.flatMap(({ items }) => items)
const PRIORITIES = ['1', '2', '3', '4', '5'] as const

interface IncidentsProps {
  /** What is looked for at first; given, even empty, the search box has the focus. */
  readonly text?: string
}

export function Incidents({ text }: IncidentsProps) {
  const { t } = useTranslation()
  const found = useSearch<IncidentSearchLine, IncidentsFound>('/api/incident-search')
  const { lines, page, search } = found
  const [opened, open] = useState<string>()
  useEffect(() => search(text ? { text } : {}), [search, text])
  useArrows()
  useEscape(opened !== undefined, () => open(undefined))
  const choices = [
    { name: 'stage', any: t('audit:anyStage'), options: STAGES.map(each => [each, t(`audit:stage.${each}`)] as const) },
    { name: 'priority', any: t('audit:anyPriority'), options: PRIORITIES.map(each => [each, `P${each}`] as const) },
    {
      ...{ name: 'alarmClass', any: t('audit:anyClass') },
      options: CLASSES.map(each => [each, t(`words:alarmClass.${each}`)] as const)
    },
    {
      ...{ name: 'disposition', any: t('audit:anyDisposition') },
      options: ENDS.map(each => [each, t(`words:disposition.${each}`)] as const)
    }
  ]
  const columns = ['number', 'opened', 'type', 'name', 'address', 'state', 'owner'].map(name => ({
    word: t(`audit:column.${name}`)
  }))
  return (
    <>
      <Filter word={t('audit:findIncident')} {...{ choices, text }} busy={found.busy} onSearch={search} />
      <div className={opened ? 'audit-beside' : ''}>
        <div className="admin-column">
          <Table
            title={t('audit:tab.incidents')}
            count={lines.length}
            columns={columns}
            empty={found.busy || !page ? t('audit:searching') : t('audit:noIncidents')}
          >
            {lines.map(line => (
              <Line key={line.id} line={line} opened={line.id === opened} onOpen={open} />
            ))}
          </Table>
          <More found={found} />
        </div>
        {opened && <Record key={opened} incidentId={opened} onClose={() => open(undefined)} />}
      </div>
    </>
  )
}

interface LineProps {
  readonly line: IncidentSearchLine
  readonly opened: boolean
  readonly onOpen: (id: string | undefined) => void
}

function Line({ line, opened, onOpen }: LineProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  return (
    <tr>
      <td className="n">
        <button
          type="button"
          className="link audit-number"
          aria-pressed={opened}
          onClick={() => onOpen(opened ? undefined : line.id)}
        >
          P{line.priority} {line.number}
        </button>
      </td>
      <td className="n">{stampText(line.openedAtMs, site?.timeZone ?? 'Asia/Shanghai')}</td>
      <td>
        {capital(t(`words:alarmClass.${line.alarmClass}`))}{' '}
        {line.duress && line.alarmClass !== 'duress' && <Chip tone="red">{t('words:alarmClass.duress')}</Chip>}
      </td>
      <td className="audit-words">{calledText(line, t)}</td>
      <td className="audit-words m">{spotText(line.place, t)}</td>
      <td>
        {line.disposition
          ? t(`words:disposition.${line.disposition}`)
          : t(line.nobodyThere ? 'words:leftScene' : `words:state.${line.state}`)}
      </td>
      <td>{line.owner ?? '–'}</td>
    </tr>
  )
}
