/** Log-in: work number, password, seat, language. */
import { type CSSProperties, type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SiteInfo } from '../../../../gateway/core/wire.ts'
import { logInRefusalText } from '../../i18n/refusal.ts'
import { type Login, useSession } from '../../session.tsx'
import { Logo } from '../../ui/icons.tsx'
import { LanguageSwitch } from '../../ui/language-switch.tsx'
import { Key } from '../../ui/parts.tsx'
import { clockText, countText, tenthsText } from '../../ui/time.ts'
import { Refusal } from '../../wire/api.ts'
import { useLock } from './lock.ts'
import { type Gateway, gatewayWord, useGateway } from './use-gateway.ts'
import './login.css'

const SEAT_KEY = 'pingan.seat'

function storedSeat(): number | undefined {
  return Number(localStorage.getItem(SEAT_KEY)) || undefined
}

export function LoginView() {
  const gateway = useGateway()
  return (
    <main className="login">
      <LoginForm seats={gateway.site?.seats} />
      <LoginFoot {...gateway} />
    </main>
  )
}

function LoginForm({ seats }: { readonly seats: SiteInfo['seats'] | undefined }) {
  const { t } = useTranslation()
  const { site, login } = useSession()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [seat, setSeat] = useState(storedSeat)
  /** The gateway knows the person now, and asks where he sits; `taken`: another one sat down there first. */
  const [asked, setAsked] = useState<{ readonly taken?: { readonly seat: number; readonly holder: string } }>()
  const lock = useLock()
  const waits = lock.leftMs > 0
  const [sending, setSending] = useState(false)
  const [refused, setRefused] = useState<unknown>()
  const [capsLock, setCapsLock] = useState(false)
  const lookAtCaps = (event: KeyboardEvent) => setCapsLock(event.getModifierState('CapsLock'))
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])

  const send = async (where: Pick<Login, 'seat' | 'asksSeat'>) => {
    if (sending || waits || name === '') return
    setSending(true)
    setRefused(undefined)
    try {
      if (where.seat) localStorage.setItem(SEAT_KEY, String(where.seat))
      await login({ login: name, password, ...where })
    } catch (error) {
      if (error instanceof Refusal && error.code === 'SEAT_NEEDED') {
        setAsked({})
        setSeat(Number(error.detail.seat) || undefined)
      } else if (error instanceof Refusal && error.code === 'SEAT_TAKEN') {
        const { seat: taken, holder, free } = error.detail
        setAsked({ taken: { seat: Number(taken), holder: typeof holder === 'string' ? holder : '' } })
        setSeat(Number(free) || undefined)
      } else if (!lock.take(error)) setRefused(error)
      setSending(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void send(seat ? { seat } : { asksSeat: true })
  }
  const go = sending ? t('common:login.sending') : seat ? t('common:login.goSeat', { n: seat }) : t('common:login.go')
  return (
    <form className="login-form" onSubmit={submit} onKeyDown={lookAtCaps} onKeyUp={lookAtCaps}>
      <h1 className="row g12">
        <Logo size={34} />
        {t('common:product')}
      </h1>
      <p className="login-centre m">{site?.centre ?? ' '}</p>
      <label>
        <span>{t('common:login.workNumber')}</span>
        <input
          value={name}
          onChange={event => {
            setName(event.target.value)
            setAsked(undefined)
            lock.forget()
          }}
          readOnly={sending}
          autoComplete="username"
          ref={first}
          required
        />
      </label>
      <label>
        <span>{t('common:login.password')}</span>
        <input
          type="password"
          value={password}
          onChange={event => setPassword(event.target.value)}
          readOnly={sending}
          autoComplete="current-password"
          required
        />
      </label>
      <p className="login-caps t-amb t12" role="status">
        {capsLock && t('common:login.capsLock')}
      </p>
      {/* Not disabled: the focus would be lost, and with it the ↵ of the next try. */}
      <SeatChoice seats={seats ?? site?.seats ?? FREE} seat={seat} onChoose={each => sending || setSeat(each)} />
      <p className="login-asked t-amb" role="alert">
        {asked?.taken &&
          t('common:login.takenNow', { who: asked.taken.holder || t('common:login.somebody'), n: asked.taken.seat })}
        {asked &&
          t(seat ? (asked.taken ? 'common:login.nextSeat' : 'common:login.askedSeat') : 'common:login.askedNone', {
            n: seat
          })}
      </p>
      <button type="submit" className="btn best login-go" aria-disabled={sending || waits || undefined}>
        {waits ? <span className="n">{t('common:login.wait', { time: countText(lock.leftMs + 999) })}</span> : go}
        {!waits && <Key>↵</Key>}
      </button>
      {asked && (
        <button type="button" className="btn login-without" onClick={() => void send({})}>
          {t('common:login.without')}
        </button>
      )}
      <p className="login-refused t-red" role="alert">
        {waits && t(lock.busy ? 'common:login.busy' : 'common:login.locked')}
        {refused !== undefined && logInRefusalText(refused, t)}
      </p>
      <LanguageSwitch />
    </form>
  )
}

/** Up to eight stand in one row; more in rows that are as even as they can be. */
const ROW = 8
const seatColumns = (seats: number) => Math.max(1, Math.ceil(seats / Math.max(1, Math.ceil(seats / ROW))))

/** Until the gateway has said which there are, when the page was loaded or now: a seat must not move from under the pointer. */
const FREE: SiteInfo['seats'] = [1, 2, 3, 4, 5, 6, 7, 8].map(seat => ({ seat, taken: false }))

interface SeatChoiceProps {
  readonly seats: SiteInfo['seats']
  readonly seat: number | undefined
  readonly onChoose: (seat: number | undefined) => void
}

function SeatChoice({ seats, seat, onChoose }: SeatChoiceProps) {
  const { t } = useTranslation()
  const taken = seats.filter(each => each.taken).map(each => each.seat)
  return (
    <fieldset className="login-seats">
      <legend>{t('common:login.seat')}</legend>
      <div className="row g6" style={{ '--columns': seatColumns(seats.length) } as CSSProperties}>
        {seats.map(each => (
          <label key={each.seat} className={`seat n${each.taken ? ' taken' : ''}`}>
            <input
              type="radio"
              name="seat"
              checked={each.seat === seat}
              aria-label={t(each.taken ? 'common:login.seatTaken' : 'common:login.seatN', { n: each.seat })}
              onChange={() => onChoose(each.seat)}
              onClick={() => each.seat === seat && onChoose(undefined)}
            />
            {each.seat}
          </label>
        ))}
      </div>
      <p className="d t12">
        {taken.length > 0
          ? t('common:login.taken', { count: taken.length, seats: taken.join(t('common:comma')) })
          : t('common:login.free')}
        {t('common:login.noSeat')}
      </p>
    </fieldset>
  )
}

function LoginFoot({ site, atMs, answers }: Gateway) {
  const { t } = useTranslation()
  const how = gatewayWord({ site, answers })
  return (
    <footer className="login-foot t12">
      <span className="row g6">
        <span className={how === 'gatewayOk' ? 'dot' : 'dot amb'} />
        {t(`common:login.${how}`)}
      </span>
      {site && <span className="d">{t('common:login.version', { version: site.version })}</span>}
      {site && answers && (
        <span className="d">
          {t('common:login.clock', {
            time: clockText(atMs, site.timeZone),
            off: tenthsText(Math.abs(site.serverTimeMs - atMs), t)
          })}
        </span>
      )}
      <span className="grow" />
      <span className="d">{t('common:login.audited')}</span>
    </footer>
  )
}
