/** 回拨: rings a number of the incident and talks in the page; under duress only after saying what that means. */
import type { TFunction } from 'i18next'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../gateway/core/incident.ts'
import type { TalkNumber } from '../../../gateway/core/voice.ts'
import { refusalText } from '../i18n/refusal.ts'
import { takeSound } from '../player/heard.ts'
import { useInCall } from '../sound/in-call.ts'
import { useNow } from '../state/clock.ts'
import { isOpen } from '../state/queue.ts'
import { calledText } from '../ui/called.ts'
import { Button } from '../ui/parts.tsx'
import { maskedPhone } from '../ui/phone.ts'
import { useEscape } from '../ui/use-escape.ts'
import { useHold } from '../ui/use-hold.ts'
import { useSecondPress } from '../ui/use-second-press.ts'
import { get } from '../wire/api.ts'
import { callBack, maySpeak, type Talk, type TalkState } from './talk-line.ts'
import { type Dialled, onDial, onVoiceKeys } from './voice-key.ts'
import './voice.css'

interface Numbers {
  readonly numbers: readonly TalkNumber[]
  readonly duress: boolean
  /** A telephone of the source itself would be heard beside whoever must not. */
  readonly silent: boolean
}

export interface TalkStripProps {
  readonly incident: Incident
  /** Why this person may not call. */
  readonly whyNot: string | undefined
}

/** Nothing where nobody can be rung. */
export function TalkStrip({ incident, whyNot }: TalkStripProps) {
  const known = useNumbers(incident)
  if (!isOpen(incident) || !known || known.numbers.length === 0) return null
  return <Strip key={incident.id} incident={incident} whyNot={whyNot} {...known} />
}

function useNumbers({ id, presses, duress }: Incident): Numbers | undefined {
  const [numbers, setNumbers] = useState<Numbers>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when somebody called, or forced, anew
  useEffect(() => {
    let gone = false
    get<Numbers>(`/api/incidents/${encodeURIComponent(id)}/numbers`).then(
      answer => !gone && setNumbers(answer),
      () => undefined
    )
    return () => {
      gone = true
    }
  }, [id, presses, duress])
  return numbers
}

const inCall = (state: TalkState | undefined): boolean =>
  state !== undefined && state.kind !== 'over' && state.kind !== 'refused'

function Strip({ incident, whyNot, numbers, duress, silent }: TalkStripProps & Numbers) {
  const { t } = useTranslation()
  const [number, setNumber] = useState(numbers[0]?.number ?? '')
  const second = useSecondPress()
  const [state, setState] = useState<TalkState>()
  const [muted, setMuted] = useState(false)
  const talk = useRef<Talk>(undefined)
  const busy = inCall(state)
  const why = whyNot ?? (maySpeak() ? undefined : t('floor:talk.over.insecure'))

  /** What a call there means, where somebody must say first that he knows. */
  const warningOf = (to: string) => {
    if (duress) return 'duress'
    return silent && numbers.find(each => each.number === to)?.relation === undefined ? 'silent' : undefined
  }
  // Warned of one thing, or of one number, is not warned of another.
  const questionOf = (to: string) => `${to} ${warningOf(to)}`
  const asked = second.asked === questionOf(number)
  const begin = (to = number) => {
    if (busy || why !== undefined) return
    const warning = warningOf(to)
    if (warning && !second.press(questionOf(to))) return
    second.forget()
    setMuted(false)
    const giveUp = takeSound(() => undefined)
    const wish = { incidentId: incident.id, number: to, ...(warning ? { [`${warning}Confirmed`]: true } : {}) }
    talk.current = callBack(wish, next => {
      if (!inCall(next)) giveUp()
      setState(next)
    })
  }
  const choose = (to: string) => {
    setNumber(to)
    second.forget()
  }
  useInCall(busy)
  const hangUp = () => (asked ? second.forget() : talk.current?.hangUp())
  // A slip must not cut off who calls for help: the key is held, a click is meant.
  const hold = useHold({ code: 'Backspace', what: () => talk.current, done: () => talk.current?.hangUp() })
  const mute = () => {
    talk.current?.mute(!muted)
    setMuted(!muted)
  }
  // Esc says no to what asks; only without a question it leaves the incident.
  useEscape(asked && !busy, () => second.forget())
  useEffect(() => () => talk.current?.hangUp(), [])
  useDial(to => {
    const known = numbers.find(each => each.number === to.replace(/[-\s()]/g, ''))
    if (!known) return 'noLine'
    if (busy) return 'busy'
    choose(known.number)
    begin(known.number)
    return 'ringing'
  })
  useTalkKeys({
    callBack: () => begin(),
    hangUp: asked ? hangUp : busy ? hold.begin : undefined,
    mute: busy ? mute : undefined
  })

  return (
    <section className="voice talk row g8" aria-label={t('floor:talk.title')} data-state={state?.kind ?? 'idle'}>
      {asked && (
        <p className="t-amb talk-question" role="alert">
          {t(`floor:talk.${warningOf(number) ?? 'duress'}`)}
        </p>
      )}
      {busy && (
        <span className="nw">{calledText(numbers.find(each => each.number === number) ?? { name: '' }, t)}</span>
      )}
      {/* While it asks, what came of the last call says the same once more, or what no longer holds. */}
      {second.lapsed && !busy ? (
        <span className="m el" role="status">
          {t('floor:talk.lapsed')}
        </span>
      ) : (
        !asked && <Said state={state} />
      )}
      {!busy && numbers.length > 1 && (
        <select value={number} aria-label={t('floor:talk.number')} onChange={event => choose(event.target.value)}>
          {numbers.map(each => (
            <option key={each.number} value={each.number}>
              {calledText(each, t)} {maskedPhone(each.number)}
            </option>
          ))}
        </select>
      )}
      {!busy && (
        <Button className="small" keyCap="C" danger={asked} whyNot={why} onClick={() => begin()}>
          {t(asked ? 'floor:talk.anyway' : 'floor:talk.call')}
        </Button>
      )}
      {busy && (
        <Button className="small" keyCap="M" aria-pressed={muted} onClick={mute}>
          {t(muted ? 'floor:talk.unmute' : 'floor:talk.mute')}
        </Button>
      )}
      {(busy || asked) && (
        <Button
          className={hold.holding && !asked ? 'small held' : 'small'}
          keyCap={asked ? '⌫' : t('floor:key.hold')}
          title={asked ? undefined : t('floor:talk.holdTitle')}
          danger={busy}
          onClick={hangUp}
        >
          {t(asked ? 'floor:talk.not' : 'floor:talk.hangUp')}
        </Button>
      )}
    </section>
  )
}

function Said({ state }: { readonly state: TalkState | undefined }) {
  const { t } = useTranslation()
  const now = useNow()
  if (!state) return null
  const bad = state.kind === 'refused' || (state.kind === 'over' && !['byUs', 'byThem'].includes(state.why))
  return (
    <>
      <span className={isAdvice(state) ? 't-amb talk-warning' : bad ? 't-amb el' : 'nw n'} role="status">
        {saidOf(state, now, t)}
      </span>
      {state.kind === 'talking' && state.way && (
        <span className="talk-way m nw" title={t(`floor:talk.way.${state.way}`)}>
          {t(`words:talkWay.${state.way}`)}
        </span>
      )}
    </>
  )
}

/** Says what to do next: read whole, on as many lines as it takes. */
const isAdvice = (state: TalkState): boolean =>
  state.kind === 'over' && (state.why === 'insecure' || state.why.startsWith('microphone'))

function saidOf(state: TalkState, now: number, t: TFunction): string {
  switch (state.kind) {
    case 'asking':
    case 'calling':
    case 'ringing':
      return t(`floor:talk.${state.kind}`)
    case 'talking': {
      const seconds = Math.max(0, Math.floor((now - state.sinceMs) / 1_000))
      return t('floor:talk.talking', { time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}` })
    }
    case 'over':
      return t([`floor:talk.over.${state.why}`, 'floor:talk.over.failed'])
    case 'refused':
      return refusalText(state.error, t)
  }
}

interface TalkKeys {
  readonly callBack: () => void
  /** Absent: the key keeps its other meaning. */
  readonly hangUp: (() => void) | undefined
  readonly mute: (() => void) | undefined
}

function useDial(ring: (number: string) => Dialled): void {
  const latest = useRef(ring)
  useEffect(() => {
    latest.current = ring
  })
  useEffect(() => onDial(number => latest.current(number)), [])
}

function useTalkKeys(keys: TalkKeys): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const run = (key: keyof TalkKeys) => () => {
      const action = latest.current[key]
      action?.()
      return action !== undefined
    }
    return onVoiceKeys({ callBack: run('callBack'), hangUp: run('hangUp'), mute: run('mute') })
  }, [])
}
