/** 回访: the calls that follow an incident, those due first; found by name or number, and their results put down in place. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FollowUp } from '../../../../gateway/core/shift.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { useSession } from '../../session.tsx'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { useNow } from '../../state/clock.ts'
import { whomText } from '../../ui/called.ts'
import { initialsOf } from '../../ui/initials.ts'
import { spanText } from '../../ui/time.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { useRecords } from '../../wire/use-records.ts'
import { Table } from '../admin/table.tsx'
import { stampText } from '../audit/stamp.ts'
import { Phone } from '../floor/panel/phone.tsx'
import { Answer } from './answer.tsx'
import '../admin/admin.css'
import '../reports/reports.css'
import './follow-ups.css'

const TABS = ['due', 'open', 'done'] as const
type Tab = (typeof TABS)[number]
const DONE_MS = 30 * 86_400_000

export default function FollowUpsView() {
  const { t } = useTranslation()
  useAlarmSound()
  const [tab, setTab] = useState<Tab>('due')
  const [text, setText] = useState('')
  const now = useNow()
  const [open, , openFailed] = useRecords<readonly FollowUp[]>('/api/follow-ups', 'shift')
  // Asked for when they are looked at.
  const sinceMs = Math.max(0, Math.floor(now / 3_600_000) * 3_600_000 - DONE_MS)
  const donePath = tab === 'done' ? `/api/follow-ups/done?sinceMs=${sinceMs}` : undefined
  const [done, , doneFailed] = useRecords<readonly FollowUp[]>(donePath, 'shift')
  const due = open?.filter(({ dueAtMs }) => dueAtMs <= now)
  const lists: Readonly<Record<Tab, readonly FollowUp[] | undefined>> = { due, open, done }
  const found = lists[tab]?.filter(each => says(each, text))
  const failed = tab === 'done' ? doneFailed : openFailed
  return (
    <main className="admin follow">
      <TopBar />
      <div className="admin-body">
        <search className="report-controls">
          {TABS.map(each => (
            <button
              key={each}
              type="button"
              className={each === tab ? 'chip white' : 'chip'}
              aria-pressed={each === tab}
              onClick={() => setTab(each)}
            >
              {t(`follow:tab.${each}`)} {each !== 'done' && <span className="n">{lists[each]?.length ?? '–'}</span>}
            </button>
          ))}
          <input
            type="search"
            className="follow-words"
            value={text}
            maxLength={80}
            placeholder={t('follow:find')}
            aria-label={t('follow:find')}
            onChange={event => setText(event.target.value)}
          />
        </search>
        {failed !== undefined && (
          <p className="admin-failed" role="alert">
            {refusalText(failed, t)}
          </p>
        )}
        <Rows
          tab={tab}
          tasks={found}
          empty={found ? t(text === '' ? `follow:empty.${tab}` : 'follow:none') : t('follow:reading')}
          now={now}
        />
      </div>
    </main>
  )
}

const plain = (text: string) => text.toLowerCase().replace(/[\s·.\-—_]/g, '')

function says({ whom, number, phone = '', note, by }: FollowUp, text: string): boolean {
  const wanted = plain(text)
  if (wanted === '') return true
  return [whom, number, phone, note, by].some(word => plain(word).includes(wanted)) || initialsOf(whom).includes(wanted)
}

interface RowsProps {
  readonly tab: Tab
  /** Undefined: nobody knows yet. */
  readonly tasks: readonly FollowUp[] | undefined
  readonly empty: string
  readonly now: number
}

function Rows({ tab, tasks, empty, now }: RowsProps) {
  const { t } = useTranslation()
  const [answering, answer] = useState<string>()
  const names = [tab === 'done' ? 'at' : 'due', 'whom', 'phone', 'number', 'note', 'by', 'tries', 'last']
  const columns = [...names, ...(tab === 'done' ? [] : ['actions'])].map(name => ({ word: t(`follow:column.${name}`) }))
  return (
    <Table title={t('follow:title')} count={tasks?.length} columns={columns} empty={empty}>
      {tasks?.map(task => (
        <Row
          key={task.id}
          task={task}
          done={tab === 'done'}
          now={now}
          answering={task.id === answering}
          onAnswer={answer}
        />
      ))}
    </Table>
  )
}

interface RowProps {
  readonly task: FollowUp
  readonly done: boolean
  readonly now: number
  readonly answering: boolean
  readonly onAnswer: (id: string | undefined) => void
}

function Row({ task, done, now, answering, onAnswer }: RowProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const last = task.tries.at(-1)
  const late = !done && task.dueAtMs <= now
  return (
    <tr>
      <td className="n">
        {stampText(done ? (last?.atMs ?? task.dueAtMs) : task.dueAtMs, zone)}{' '}
        {late && <span className="t-amb">{t('follow:late', { age: spanText(now - task.dueAtMs, t) })}</span>}
      </td>
      <td>{whomText(task, t)}</td>
      <td>{task.phone ? <Phone number={task.phone} /> : '–'}</td>
      <td className="n">{task.number}</td>
      <td className="report-words follow-note">{task.note}</td>
      <td>{task.by}</td>
      <td className="n">{t('follow:tries', { count: task.tries.length })}</td>
      <td className="report-words follow-note">{last && <LastResult task={task} />}</td>
      {!done && (
        <td>
          <Answer task={task} open={answering} onOpen={onAnswer} />
        </td>
      )}
    </tr>
  )
}

function LastResult({ task }: { readonly task: FollowUp }) {
  const { t } = useTranslation()
  const last = task.tries.at(-1)
  if (!last) return null
  const result = t(`follow:result.${last.result}`)
  return <span title={last.by}>{last.text ? t('follow:said', { result, text: last.text }) : result}</span>
}
