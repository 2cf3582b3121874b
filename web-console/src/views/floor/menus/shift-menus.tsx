/** J: the shift is handed over to a work number, or what was offered to us is accepted or refused; Y: follow-up calls. */
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FollowUp, FollowUpResult, ShiftHandOver, ShiftState } from '../../../../../gateway/core/shift.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { openSheet } from '../../../print/sheets.ts'
import { useSession } from '../../../session.tsx'
import { forgetDraft, useDraft } from '../../../state/drafts.ts'
import { takerOf } from '../../../state/shift-taker.ts'
import { calledText, whomText } from '../../../ui/called.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { Button } from '../../../ui/parts.tsx'
import { minuteText } from '../../../ui/time.ts'
import { post } from '../../../wire/api.ts'
import { createOneAtATime } from '../../../wire/one-at-a-time.ts'
import { useRecords } from '../../../wire/use-records.ts'
import { useFloor } from '../floor-context.tsx'
import { isTyping } from '../keys.ts'
import { Phone } from '../panel/phone.tsx'
import { DigitMenu } from './digit-menu.tsx'
import { ShiftList } from './shift-list.tsx'
import { TextForm } from './text-menus.tsx'

/**
 * Sends it once and shuts the menu; what was done is said in `words`, what is refused too, and answered by false.
 * The answer may be slow: it shuts no other menu that was opened meanwhile, and no field somebody types in since, or the rest of the words would be orders.
 */
function useSend() {
  const { openMenu, tell } = useFloor()
  const [failed, setFailed] = useState<unknown>()
  const once = useRef(createOneAtATime()).current
  const shown = useRef(false)
  useLayoutEffect(() => {
    shown.current = true
    return () => {
      shown.current = false
    }
  }, [])
  const sendNow = async (words: string, path: string, body?: object) => {
    const from = document.activeElement
    try {
      await post(path, body)
    } catch (error) {
      setFailed(error)
      return false
    }
    tell(words)
    const now = document.activeElement
    if (shown.current && (now === from || !isTyping(now))) openMenu(undefined)
    return true
  }
  const send = async (...of: Parameters<typeof sendNow>) => (await once(() => sendNow(...of))) ?? false
  return { send, failed }
}

function Waiting() {
  const { t } = useTranslation()
  return <p className="m menu-said">{t('floor:menu.reading')}</p>
}

function Failed({ why }: { readonly why: unknown }) {
  const { t } = useTranslation()
  if (why === undefined) return null
  return (
    <p className="t-red" role="alert">
      {refusalText(why, t)}
    </p>
  )
}

export function ShiftMenu() {
  const { t, i18n } = useTranslation()
  const [state] = useRecords<ShiftState>('/api/shift', 'shift')
  const { send, failed } = useSend()
  if (!state) return <Waiting />
  const [asked] = state.asked
  const [offered] = state.offered
  return (
    <>
      {asked ? (
        <Asked handOver={asked} send={send} />
      ) : offered ? (
        <Offered handOver={offered} send={send} />
      ) : (
        <Offer send={send} takers={state.takers} />
      )}
      <div className="row g8 menu-said">
        <Button className="small" onClick={() => openSheet('shift', i18n.language, { format: 'pdf' })}>
          {t('print:shift.button')}
        </Button>
      </div>
      <Failed why={failed} />
    </>
  )
}

type Send = ReturnType<typeof useSend>['send']

function Asked({ handOver, send }: { readonly handOver: ShiftHandOver; readonly send: Send }) {
  const { t } = useTranslation()
  const [refusing, setRefusing] = useState(false)
  if (refusing)
    return (
      <TextForm
        draft={`shift/${handOver.id}`}
        label={t('floor:shift.reason')}
        go={t('floor:shift.refuse')}
        required
        send={reason =>
          send(t('floor:shift.did.refused', { name: handOver.from.name }), `/api/shift/${handOver.id}/refuse`, {
            reason
          })
        }
      />
    )
  return (
    <>
      <What handOver={handOver} />
      <DigitMenu
        choices={[
          {
            label: t('floor:shift.accept'),
            choose: () =>
              void send(t('floor:shift.did.accepted', { name: handOver.from.name }), `/api/shift/${handOver.id}/accept`)
          },
          { label: t('floor:shift.refuse'), choose: () => setRefusing(true) }
        ]}
      />
    </>
  )
}

function Offered({ handOver, send }: { readonly handOver: ShiftHandOver; readonly send: Send }) {
  const { t } = useTranslation()
  return (
    <>
      <div className="col g8 menu-said">
        <p>{t('floor:shift.waits', { name: handOver.to.name })}</p>
        <ShiftList incidents={handOver.incidents} />
      </div>
      <DigitMenu
        choices={[
          {
            label: t('floor:shift.withdraw'),
            choose: () => void send(t('floor:shift.did.withdrawn'), `/api/shift/${handOver.id}/withdraw`)
          }
        ]}
      />
    </>
  )
}

function What({ handOver }: { readonly handOver: ShiftHandOver }) {
  const { t } = useTranslation()
  const { from, note, incidents, followUps } = handOver
  return (
    <div className="col g8 menu-said">
      <p>
        <b>{t('floor:shift.from', { name: from.name, n: incidents.length, followUps })}</b>
      </p>
      {note && <p>{note}</p>}
      <ShiftList incidents={incidents} />
    </div>
  )
}

interface OfferProps {
  readonly send: Send
  /** Whose work number needs no typing. */
  readonly takers: ShiftState['takers']
}

/** The draft's name. */
const OFFER = 'shift/offer'

function Offer({ send, takers }: OfferProps) {
  const { t } = useTranslation()
  const [{ to, note }, setTyped] = useDraft(OFFER, { to: '', note: '' })
  const taker = takerOf(takers, to)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!taker) return
    const body = { to: taker, note: note.trim() }
    if (await send(t('floor:shift.did.offered', { to: taker }), '/api/shift', body)) forgetDraft(OFFER)
  }
  const { queue } = useFloor()
  const mine = queue.groups.mine.map(({ id, number, subject: { name, nameEn } }) => ({ id, number, name, nameEn }))
  const noteField = useRef<HTMLInputElement>(null)
  const take = (login: string) => {
    setTyped({ to: login, note })
    noteField.current?.focus()
  }
  return (
    <>
      <div className="col g8 menu-said">
        <p>
          <b>{mine.length > 0 ? t('floor:shift.goes', { count: mine.length }) : t('floor:shift.noneGoes')}</b>
        </p>
        <ShiftList incidents={mine} />
      </div>
      <DigitMenu
        choices={takers.map(({ login, name, seat }) => ({
          label: seat === undefined ? `${name} ${login}` : t('floor:shift.taker', { name, login, seat }),
          current: login === taker,
          choose: () => take(login)
        }))}
      />
      <form className="row g8 text-form" onSubmit={submit}>
        <input
          aria-label={t('floor:shift.to')}
          placeholder={t('floor:shift.to')}
          maxLength={64}
          value={to}
          // Its digits are work numbers first: one alone is of the list above, and Enter sends what is lit there.
          ref={takeFocus}
          onChange={event => setTyped({ to: event.target.value, note })}
        />
        <input
          aria-label={t('floor:shift.note')}
          placeholder={t('floor:shift.note')}
          maxLength={500}
          value={note}
          ref={noteField}
          onChange={event => setTyped({ to, note: event.target.value })}
        />
        <Button type="submit" state="best" keyCap="↵">
          {t('floor:shift.offer')}
        </Button>
      </form>
    </>
  )
}

const HOUR_MS = 3_600_000
/** Planned from an ended incident by these keys; the digits before them are the calls that are due. */
const PLANS = [
  [7, 1],
  [8, 24],
  [9, 72]
] as const
const SHOWN = 6
const RESULTS: readonly FollowUpResult[] = ['reached', 'noAnswer', 'declined']

export function FollowUpMenu() {
  const { t } = useTranslation()
  const { incident } = useFloor()
  const { site } = useSession()
  const [tasks] = useRecords<readonly FollowUp[]>('/api/follow-ups', 'shift')
  const [task, setTask] = useState<FollowUp>()
  const [result, setResult] = useState<FollowUpResult>()
  const { send, failed } = useSend()
  if (!tasks) return <Waiting />
  if (task && result)
    return (
      <>
        <TextForm
          draft={`follow-up/${task.id}`}
          label={t('floor:followUp.text')}
          go={t(`floor:followUp.result.${result}`)}
          send={text =>
            send(t('floor:followUp.did.answered', { whom: whomText(task, t) }), `/api/follow-ups/${task.id}/answer`, {
              result,
              text
            })
          }
        />
        <Failed why={failed} />
      </>
    )
  if (task)
    return (
      <>
        <p className="menu-said">
          <b>{whomText(task, t)}</b> {task.phone && <Phone number={task.phone} />}{' '}
          <span className="m">{task.note}</span>
        </p>
        <DigitMenu
          key="result"
          choices={RESULTS.map(each => ({
            label: t(`floor:followUp.result.${each}`),
            choose: () => setResult(each)
          }))}
        />
      </>
    )
  const due = tasks.slice(0, SHOWN).map((each, n) => ({
    label: t('floor:followUp.line', {
      ...{ whom: whomText(each, t), number: each.number, n: each.tries.length },
      time: minuteText(each.dueAtMs, site?.timeZone ?? 'Asia/Shanghai')
    }),
    digit: n + 1,
    choose: () => setTask(each)
  }))
  const ended = incident && (incident.state === 'resolved' || incident.state === 'closed')
  const plans = ended
    ? PLANS.map(([digit, hours]) => ({
        ...{ digit, label: t('floor:followUp.plan', { count: hours, whom: calledText(incident.subject, t) }) },
        choose: () =>
          void send(
            t('floor:followUp.did.planned', { count: hours, whom: calledText(incident.subject, t) }),
            '/api/follow-ups',
            {
              incidentId: incident.id,
              dueInMs: hours * HOUR_MS
            }
          )
      }))
    : []
  return (
    <>
      {tasks.length === 0 && <p className="m menu-said">{t('floor:followUp.none')}</p>}
      {tasks.length > SHOWN && <p className="m menu-said">{t('floor:followUp.more', { n: tasks.length })}</p>}
      <DigitMenu choices={[...due, ...plans]} />
      <Failed why={failed} />
    </>
  )
}
