/** One round under way: the camera large, the next ones small, what is done with; Space goes on, X reports, K skips. */
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PatrolRound } from '../../../../gateway/core/wall.ts'
import type { SessionUser } from '../../../../gateway/core/wire.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { Button } from '../../ui/parts.tsx'
import { countText, minuteText } from '../../ui/time.ts'
import { Picture, shownVideo } from '../wall/picture.tsx'
import { FindingSheet } from './finding.tsx'
import { RoundList } from './round-list.tsx'
import { SkipSheet } from './skip.tsx'
import { useWalk } from './use-walk.ts'
import { lookLeftS, shiftText, walkOf } from './walk-state.ts'

export interface WalkProps {
  readonly round: PatrolRound
  readonly user: SessionUser
  readonly onRound: (round: PatrolRound) => void
}

export function WalkView({ round, user, onRound }: WalkProps) {
  const { t } = useTranslation()
  const walk = walkOf(round, user.login)
  const hands = useWalk(round, user.login, onRound)
  const now = useNow()
  const stage = useRef<HTMLElement>(null)
  const [sheet, setSheet] = useState<'finding' | 'skip'>()
  const [word, setWord] = useState<string>()
  const names = useConsole(state => state.cameras)
  const nameOf = (cameraId: string) => names.get(cameraId)?.name ?? cameraId
  const left = lookLeftS(round, user.login, now)
  const { current } = walk

  const goOn = () => {
    setWord(undefined)
    if (hands.sending) return
    if (current === undefined) {
      const [first] = walk.next
      if (first !== undefined) void hands.look(first)
    } else if (!shownVideo(stage.current)) setWord(t('rounds:noPicture'))
    else if (left > 0) setWord(t('rounds:refused.tooSoon', { s: left }))
    else void hands.seen()
  }
  const keys = new Map<string, () => void>([
    ['Space', goOn],
    ['KeyX', () => current !== undefined && setSheet('finding')],
    ['KeyK', () => current !== undefined && setSheet('skip')]
  ])
  useWalkKeys(sheet === undefined, keys)
  const why = current === undefined ? t('rounds:startFirst') : undefined
  return (
    <>
      <RoundHead round={round} done={walk.done} />
      <div className="rounds-body">
        <section ref={stage} className="rounds-stage" aria-label={t('rounds:title')}>
          {current === undefined ? (
            <Start count={round.cameras.length - walk.done} minLookS={round.minLookS} />
          ) : (
            <Picture
              cameraId={current}
              stream="main"
              aheadId={undefined}
              caption={<LookLeft left={left} minLookS={round.minLookS} />}
            />
          )}
        </section>
        <aside className="rounds-side">
          <h2 className="head">{t('rounds:next')}</h2>
          <div className="rounds-next">
            {walk.next.slice(0, 2).map(cameraId => (
              <div key={cameraId} className="rounds-small">
                <Picture cameraId={cameraId} stream="sub" />
              </div>
            ))}
          </div>
          <RoundList walk={walk} nameOf={nameOf} onLook={cameraId => void hands.look(cameraId)} />
        </aside>
      </div>
      <div className="rounds-bar row g8">
        <Button
          keyCap={t('rounds:space')}
          state={hands.sending ? 'sending' : left === 0 || current === undefined ? 'best' : 'ready'}
          onClick={goOn}
        >
          {current === undefined ? t('rounds:start') : left > 0 ? t('rounds:lookOn', { s: left }) : t('rounds:seen')}
        </Button>
        <Button keyCap="X" danger onClick={() => setSheet('finding')} whyNot={why}>
          {t('rounds:finding')}
        </Button>
        <Button keyCap="K" onClick={() => setSheet('skip')} whyNot={why}>
          {t('rounds:skip')}
        </Button>
        <span className="grow" />
        <span className={(hands.error ?? word) ? 't-amb' : 'm'} role="status">
          {hands.error ?? word ?? t('rounds:hint')}
        </span>
      </div>
      {sheet === 'finding' && current !== undefined && (
        <FindingSheet
          cameraName={nameOf(current)}
          error={hands.error}
          onSend={hands.find}
          onSent={kind => {
            setSheet(undefined)
            setWord(t(kind === 'equipment' ? 'rounds:sentTrouble' : 'rounds:sentIncident'))
          }}
          onClose={() => setSheet(undefined)}
        />
      )}
      {sheet === 'skip' && current !== undefined && (
        <SkipSheet
          cameraName={nameOf(current)}
          onSkip={reason => {
            setSheet(undefined)
            void hands.skip(reason)
          }}
          onClose={() => setSheet(undefined)}
        />
      )}
    </>
  )
}

function RoundHead({ round, done }: { readonly round: PatrolRound; readonly done: number }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const now = useNow()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const late = now > round.dueMs
  const leftMs = (late ? round.closesMs : round.dueMs) - now
  return (
    <header className="rounds-head row g12">
      <h1>{round.planName}</h1>
      <span className="m n">{t('rounds:shift', { shift: shiftText(round.shift) })}</span>
      <span className="m n">
        {minuteText(round.openMs, zone)}–{minuteText(round.dueMs, zone)}
      </span>
      <span className="grow" />
      <span className="n">{t('rounds:progress', { n: done, of: round.cameras.length })}</span>
      <span className="rounds-track" aria-hidden="true">
        <i style={{ width: `${(done / round.cameras.length) * 100}%` }} />
      </span>
      <b className={`rounds-due n${late ? ' t-red' : leftMs < 5 * 60_000 ? ' t-amb' : ''}`}>
        {t(late ? 'rounds:closesIn' : 'rounds:dueIn', { left: countText(leftMs) })}
      </b>
    </header>
  )
}

function Start({ count, minLookS }: { readonly count: number; readonly minLookS: number }) {
  const { t } = useTranslation()
  return (
    <div className="rounds-start">
      <b>{t('rounds:startHead', { n: count })}</b>
      <p className="m">{t('rounds:startText', { s: minLookS })}</p>
    </div>
  )
}

function LookLeft({ left, minLookS }: { readonly left: number; readonly minLookS: number }) {
  const { t } = useTranslation()
  const style = { '--left': `${(left / minLookS) * 100}%` } as React.CSSProperties
  if (left === 0) return <span className="tile-tag">{t('rounds:lookedEnough')}</span>
  return (
    <span className="tile-tag tour-word">
      <i className="tour-ring" style={style} aria-hidden="true" />
      <span className="n">{left} s</span>
    </span>
  )
}

/** Keys of the walk by physical key; Space works also with the focus on a button, since a hand lies on it all shift. */
function useWalkKeys(active: boolean, keys: ReadonlyMap<string, () => void>): void {
  const latest = useRef({ active, keys })
  useEffect(() => {
    latest.current = { active, keys }
  })
  useEffect(() => {
    const onDown = (event: KeyboardEvent) => {
      if (!latest.current.active || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return
      if (event.target instanceof HTMLElement && event.target.matches('input, textarea, select')) return
      const does = latest.current.keys.get(event.code)
      if (!does) return
      event.preventDefault()
      does()
    }
    // A button acts when Space is let go.
    const onUp = (event: KeyboardEvent) => {
      if (latest.current.active && event.code === 'Space' && event.target instanceof HTMLButtonElement)
        event.preventDefault()
    }
    window.addEventListener('keydown', onDown)
    window.addEventListener('keyup', onUp)
    return () => {
      window.removeEventListener('keydown', onDown)
      window.removeEventListener('keyup', onUp)
    }
  }, [])
}
