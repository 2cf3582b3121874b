/** 设备: the sources of the incident with the orders each takes now, the one under way, and what came of the last. */
import { type ChangeEvent, type FormEvent, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type {
  CommandAnswer,
  CommandKind,
  CommandRequest,
  CommandTarget,
  CommandTargets
} from '../../../../../gateway/core/device-command.ts'
import type { Incident, TimelineEntry } from '../../../../../gateway/core/incident.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { useNow } from '../../../state/clock.ts'
import { forgetDraft, useDraft } from '../../../state/drafts.ts'
import { isOpen } from '../../../state/queue.ts'
import { useConsole } from '../../../state/store.ts'
import { Button } from '../../../ui/parts.tsx'
import { countText } from '../../../ui/time.ts'
import { useEscape } from '../../../ui/use-escape.ts'
import { post } from '../../../wire/api.ts'
import { usePolled } from '../../../wire/use-polled.ts'
import { useFloor } from '../floor-context.tsx'
import { fieldsAt, initialValues, type OrderField, orderOf } from './order-fields.ts'
import './devices.css'

/** A box comes and goes without a word to the console. */
const AGAIN_MS = 5_000
/** Longer than the gateway itself waits for a device. */
const ANSWER_MS = 130_000
const NO_LINES: readonly TimelineEntry[] = []

export function Devices({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  // What is filed takes no orders, and the gateway no longer knows its devices.
  const path = incident.state === 'closed' ? undefined : `/api/incidents/${incident.id}/commands`
  const [targets, again] = usePolled<CommandTargets>(path, AGAIN_MS)
  const timeline = useConsole(state => state.timelines.get(incident.id) ?? NO_LINES)
  const orders = timeline.filter(entry => entry.kind === 'deviceCommand')
  const shown = (targets?.sources ?? []).filter(
    source => (isOpen(incident) && source.commands.length > 0) || orders.some(of(source))
  )
  if (shown.length === 0) return null
  return (
    <div className="group-line devices">
      <h3 className="head">{t('floor:devices.title')}</h3>
      {shown.map(source => (
        <Source
          key={source.sourceId}
          incident={incident}
          source={source}
          orders={orders.filter(of(source))}
          again={again}
          needWord={targets?.needWord ?? []}
        />
      ))}
    </div>
  )
}

const of = (source: CommandTarget) => (entry: TimelineEntry) => entry.data.source === source.sourceId

/** The order that has no answer yet; after a restart of the gateway none will come. */
function waitingOf(orders: readonly TimelineEntry[], now: number): TimelineEntry | undefined {
  const last = orders.at(-1)
  return last?.data.result === 'asked' && now - last.atMs < ANSWER_MS ? last : undefined
}

interface SourceProps {
  readonly incident: Incident
  readonly source: CommandTarget
  readonly orders: readonly TimelineEntry[]
  readonly again: () => void
  /** What gives a sign where the alarm is silent needs a word more (rule 5). */
  readonly needWord: readonly CommandKind[]
}

function Source({ incident, source, orders, again, needWord }: SourceProps) {
  const { t } = useTranslation()
  const { user, connected, menu } = useFloor()
  const now = useNow()
  const [kind, setKind] = useState<CommandKind>()
  const [refused, setRefused] = useState<unknown>()
  const waiting = waitingOf(orders, now)
  const last = orders.findLast(entry => entry.data.result !== 'asked')
  const mine = incident.owner?.userId === user.userId || user.role === 'leader'
  const whyNot = connected ? (mine ? undefined : t('floor:devices.ownersOnly')) : t('words:error.OFFLINE')

  const send = async (request: CommandRequest) => {
    setKind(undefined)
    setRefused(undefined)
    try {
      await post<CommandAnswer>(`/api/incidents/${incident.id}/commands`, request, ANSWER_MS)
    } catch (error) {
      setRefused(error)
    }
    again()
  }
  const commands = isOpen(incident) ? source.commands : []
  useEscape(kind !== undefined && menu === undefined, () => setKind(undefined))
  return (
    <div className="device">
      <p className="row g8">
        <span>{t(`words:sourceKind.${source.sourceKind}`)}</span>
        <span className="d el">{source.sourceId.slice(source.sourceId.indexOf(':') + 1)}</span>
      </p>
      <div className="row g8 device-orders">
        {commands.map(each => (
          <Button
            key={each}
            aria-expanded={kind === each}
            whyNot={whyNot}
            state={waiting?.data.command === each ? 'sending' : 'ready'}
            onClick={() => setKind(kind === each ? undefined : each)}
          >
            {t(`words:deviceCommand.${each}`)}
          </Button>
        ))}
        {commands.length === 0 && <span className="m">{t('floor:devices.none')}</span>}
      </div>
      {kind && <OrderForm key={kind} {...{ kind, incident, source, send }} silent={needWord.includes(kind)} />}
      {waiting && (
        <p className="t-amb" role="status">
          {t('floor:devices.waiting', {
            command: t(`words:deviceCommand.${waiting.data.command}`),
            time: countText(now - waiting.atMs)
          })}
        </p>
      )}
      {!waiting && last && <Outcome entry={last} />}
      {refused !== undefined && (
        <p className="t-red" role="alert">
          {refusalText(refused, t)}
        </p>
      )}
    </div>
  )
}

function Outcome({ entry: { data } }: { readonly entry: TimelineEntry }) {
  const { t } = useTranslation()
  return (
    <p className={data.result === 'done' ? 't-ok' : 't-red'} role="status">
      {t('floor:devices.outcome', {
        command: t(`words:deviceCommand.${data.command}`),
        result: t(`words:commandResult.${data.restarted === true ? 'restarted' : data.result}`)
      })}
      {data.detail && <span className="m">{t('floor:story.said', { said: data.detail })}</span>}
    </p>
  )
}

type Values = Readonly<Record<string, string>>

interface OrderFormProps {
  readonly kind: CommandKind
  readonly incident: Incident
  readonly source: CommandTarget
  readonly send: (request: CommandRequest) => Promise<void>
  readonly silent: boolean
}

function OrderForm({ kind, incident, source, send, silent }: OrderFormProps) {
  const { t } = useTranslation()
  const phone: Readonly<Record<string, string>> = kind === 'callBack' ? { number: incident.subject.phone ?? '' } : {}
  const draft = `${incident.id}/device/${kind}`
  const [typed, setTyped] = useDraft<Values>(draft, { ...initialValues(kind), ...phone })
  // A password is kept nowhere.
  const [person, setPerson] = useState<Values>({})
  const values = { ...typed, ...person }
  const [known, setKnown] = useState(false)
  const order = orderOf(kind, values)
  const form = useOpened()
  const second = kind === 'listenIn' || kind === 'cabinSound'
  const complete = order !== undefined && (!second || (values.login && values.password))
  const missing = complete ? (silent && !known ? 'silentFirst' : undefined) : 'incomplete'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!order || missing) return
    const confirmed = second ? { confirmedBy: values.login, confirmedByPassword: values.password } : {}
    forgetDraft(draft)
    void send({ source: source.sourceId, command: order, ...confirmed, ...(silent ? { silentConfirmed: known } : {}) })
  }
  const set = (name: string, value: string) => setTyped({ ...typed, [name]: value })
  const setOf = (name: 'login' | 'password') => (event: ChangeEvent<HTMLInputElement>) =>
    setPerson({ ...person, [name]: event.target.value })
  return (
    <form className="device-form" ref={form} onSubmit={submit}>
      {fieldsAt(kind, source).map(field => (
        <Field key={field.name} field={field} value={values[field.name] ?? ''} set={set} />
      ))}
      {kind === 'cabinSound' && <p className="m">{t('floor:devices.cabinSound')}</p>}
      {kind === 'callBack' && !silent && <p className="t-amb">{t('floor:devices.heard')}</p>}
      {silent && (
        <>
          <p className="t-red">{t('floor:devices.silent')}</p>
          <label className="row g8">
            <input type="checkbox" checked={known} onChange={event => setKnown(event.target.checked)} />
            {t('floor:devices.silentKnown')}
          </label>
        </>
      )}
      {second && (
        <>
          <p className="t-amb">{t('floor:devices.second')}</p>
          <input
            aria-label={t('floor:menu.secondLogin')}
            placeholder={t('floor:menu.secondLogin')}
            autoComplete="off"
            value={values.login ?? ''}
            onChange={setOf('login')}
          />
          <input
            type="password"
            aria-label={t('floor:menu.secondPassword')}
            placeholder={t('floor:menu.secondPassword')}
            autoComplete="off"
            value={values.password ?? ''}
            onChange={setOf('password')}
          />
        </>
      )}
      <Button type="submit" state="best" whyNot={missing && t(`floor:devices.${missing}`)}>
        {t('floor:devices.send', { command: t(`words:deviceCommand.${kind}`) })}
      </Button>
    </form>
  )
}

/** Opened by a button, perhaps below the fold: it is seen, and its first field has the focus. */
function useOpened() {
  const form = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>('input, select, button')?.focus({ preventScroll: true })
    form.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return form
}

interface FieldProps {
  readonly field: OrderField
  readonly value: string
  readonly set: (name: string, value: string) => void
}

function Field({ field, value, set }: FieldProps) {
  const { t } = useTranslation()
  const { name, type, min, max, optional } = field
  const label = t(`floor:devices.field.${name}`)
  return (
    <div className="row g8">
      <span className="m nw">{label}</span>
      {type === 'choice' ? (
        <select aria-label={label} value={value} onChange={event => set(name, event.target.value)}>
          {field.choices?.map(choice => (
            <option key={choice} value={choice}>
              {t(`floor:devices.choice.${choice}`)}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...{ type, min, max, value }}
          aria-label={label}
          maxLength={200}
          placeholder={optional ? t('floor:devices.optional') : undefined}
          onChange={event => set(name, event.target.value)}
        />
      )}
    </div>
  )
}
