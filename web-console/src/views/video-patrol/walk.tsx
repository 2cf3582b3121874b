/** One round under way: the camera large, the next ones small, what is done with; Space goes on, X reports, K skips. */
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PatrolRound } from '../../../../gateway/core/wall.ts'
import type { SessionUser } from '../../../../gateway/core/wire.ts'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { Button } from '../../ui/parts.tsx'
import { Picture, shownVideo } from '../wall/picture.tsx'
import { FindingSheet } from './finding.tsx'
import { RoundHead, Start } from './round-head.tsx'
import { RoundList } from './round-list.tsx'
import { SkipSheet } from './skip.tsx'
import { useWalk, type WalkHands } from './use-walk.ts'
import { useWalkKeys } from './walk-keys.ts'
import { lookLeftS, type Walk, walkOf } from './walk-state.ts'

export interface WalkProps {
  readonly round: PatrolRound
  readonly user: SessionUser
  readonly onRound: (round: PatrolRound) => void
}

type SheetName = 'finding' | 'skip'

/** The next camera's main stream is connected this long before it may be shown, s. */
const AHEAD_S = 3

export function WalkView({ round, user, onRound }: WalkProps) {
  const { t } = useTranslation()
  const walk = walkOf(round, user.login)
  const hands = useWalk(round, user.login, onRound)
  const now = useNow()
  const stage = useRef<HTMLElement>(null)
  const [sheet, setSheet] = useState<SheetName>()
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
              aheadId={left <= AHEAD_S ? walk.next[0] : undefined}
              caption={<LookLeft left={left} minLookS={round.minLookS} />}
            />
          )}
        </section>
        <Side walk={walk} nameOf={nameOf} onLook={hands.look} />
      </div>
      <WalkBar {...{ hands, left, current, word, goOn }} onSheet={setSheet} />
      {current !== undefined && (
        <Sheets
          {...{ sheet, hands }}
          cameraName={nameOf(current)}
          onWord={setWord}
          onClose={() => setSheet(undefined)}
        />
      )}
    </>
  )
}

interface SideProps {
  readonly walk: Walk
  readonly nameOf: (cameraId: string) => string
  readonly onLook: (cameraId: string) => Promise<void>
}

function Side({ walk, nameOf, onLook }: SideProps) {
  const { t } = useTranslation()
  return (
    <aside className="rounds-side">
      <h2 className="head">{t('rounds:next')}</h2>
      <div className="rounds-next">
        {walk.next.slice(0, 2).map(cameraId => (
          <div key={cameraId} className="rounds-small">
            <Picture cameraId={cameraId} stream="sub" />
          </div>
        ))}
      </div>
      <RoundList walk={walk} nameOf={nameOf} onLook={cameraId => void onLook(cameraId)} />
    </aside>
  )
}

interface WalkBarProps {
  readonly hands: WalkHands
  readonly left: number
  readonly current: string | undefined
  readonly word: string | undefined
  readonly goOn: () => void
  readonly onSheet: (sheet: SheetName) => void
}

function WalkBar({ hands, left, current, word, goOn, onSheet }: WalkBarProps) {
  const { t } = useTranslation()
  const why = current === undefined ? t('rounds:startFirst') : undefined
  const said = hands.error ?? word
  const ready = left === 0 || current === undefined ? 'best' : 'ready'
  return (
    <div className="rounds-bar row g8">
      <Button keyCap={t('rounds:space')} state={hands.sending ? 'sending' : ready} onClick={goOn}>
        {current === undefined ? t('rounds:start') : left > 0 ? t('rounds:lookOn', { s: left }) : t('rounds:seen')}
      </Button>
      <Button keyCap="X" danger onClick={() => onSheet('finding')} whyNot={why}>
        {t('rounds:finding')}
      </Button>
      <Button keyCap="K" onClick={() => onSheet('skip')} whyNot={why}>
        {t('rounds:skip')}
      </Button>
      <span className="grow" />
      <span className={said === undefined ? 'm' : 't-amb'} role="status">
        {said ?? t('rounds:hint')}
      </span>
    </div>
  )
}

interface SheetsProps {
  readonly sheet: SheetName | undefined
  readonly hands: WalkHands
  readonly cameraName: string
  readonly onWord: (word: string) => void
  readonly onClose: () => void
}

function Sheets({ sheet, hands, cameraName, onWord, onClose }: SheetsProps) {
  const { t } = useTranslation()
  if (sheet === 'finding')
    return (
      <FindingSheet
        cameraName={cameraName}
        error={hands.error}
        onSend={hands.find}
        onSent={kind => {
          onClose()
          onWord(t(kind === 'equipment' ? 'rounds:sentTrouble' : 'rounds:sentIncident'))
        }}
        onClose={onClose}
      />
    )
  if (sheet === undefined) return null
  const skip = (reason: string) => {
    onClose()
    void hands.skip(reason)
  }
  return <SkipSheet cameraName={cameraName} onSkip={skip} onClose={onClose} />
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
