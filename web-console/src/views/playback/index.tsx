/** 录像回放: up to nine cameras under one clock, their timelines, and what can be done with what is seen. */
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordingTimeline } from '../../../../gateway/core/wire.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { SPEEDS } from '../../player/play-director.ts'
import { PlayTile } from '../../player/play-tile.tsx'
import { givenReason } from '../../player/reason-form.tsx'
import { navigate } from '../../route.ts'
import { useSession } from '../../session.tsx'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { serverNowMs } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { Button } from '../../ui/parts.tsx'
import { TopBar } from '../../ui/top-bar.tsx'
import { Refusal } from '../../wire/api.ts'
import { wallPath } from '../wall/remember.ts'
import { CameraList } from './camera-list.tsx'
import { Empty } from './empty.tsx'
import { ExportBar } from './export-bar.tsx'
import { type PlaybackKey, usePlaybackKeys } from './keys.ts'
import { KeysHelp } from './keys-help.tsx'
import { saveStill } from './still.ts'
import { Timeline } from './timeline.tsx'
import { isAlarm, MARK_LEAD_MS, moved, nextMark, zoomed } from './timeline-view.ts'
import { Transport } from './transport.tsx'
import { useCameraSound } from './use-camera-sound.ts'
import { type Desk, MIN_RANGE_MS, useDesk } from './use-desk.ts'
import { useRecordings } from './use-recordings.ts'
import './playback.css'

/** Asked for around a time where the visible part of it is shorter. */
const LOOK_MS = 1_800_000

export default function PlaybackView() {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const known = useConsole(state => state.cameras)
  const desk = useDesk()
  useAlarmSound()
  const grid = useRef<HTMLElement>(null)
  const [help, setHelp] = useState(false)
  const [exporting, setExporting] = useState(false)
  const [said, setSaid] = useState('')
  const sound = useCameraSound(name => setSaid(t('playback:noSound', { name })))
  const { director, cameras, selected, span, inMs, outMs, incidentId } = desk
  const recordings = useRecordings(cameras, span)
  const rows = useMemo(
    () => cameras.map(id => ({ id, name: known.get(id)?.name ?? id, timeline: recordings.get(id) })),
    [cameras, known, recordings]
  )
  const marks = useMemo(() => rows.flatMap(row => row.timeline?.marks ?? []), [rows])

  const still = async () => {
    const row = rows[selected]
    const tile = grid.current?.querySelectorAll<HTMLElement>('.play-tile')[selected]
    const video = tile?.querySelector('video')
    if (!row || !video || !tile?.dataset.frameMs) return
    const atMs = Number(tile.dataset.frameMs)
    try {
      await saveStill(video, { cameraId: row.id, name: row.name, atMs, incidentId, reason: givenReason(row.id), zone })
      setSaid(t('playback:stillSaved'))
    } catch (error) {
      setSaid(error instanceof Refusal ? refusalText(error, t) : String(error))
    }
  }
  const act = (key: PlaybackKey) => {
    setSaid('')
    actOn(key, desk, {
      marks,
      still: () => void still(),
      sound: () => sound.toggle(rows[selected]?.id),
      full: () => void (document.fullscreenElement ? document.exitFullscreen() : grid.current?.requestFullscreen()),
      help: setHelp,
      exporting: setExporting,
      say: word => setSaid(t(`playback:why.${word}`))
    })
  }
  usePlaybackKeys(act)
  const interval = (atMs: number) => ({
    fromMs: Math.min(span.fromMs, atMs - LOOK_MS),
    toMs: Math.max(span.toMs, atMs + LOOK_MS)
  })

  return (
    <main className="pb">
      <TopBar />
      <CameraList chosen={cameras} onToggle={desk.toggle} />
      <section ref={grid} className="pb-grid" data-count={gridOf(cameras.length)} aria-label={t('playback:pictures')}>
        {cameras.length === 0 && <Empty onOpen={desk.open} zone={zone} />}
        {rows.map((row, i) => (
          <PlayTile
            key={row.id}
            cameraId={row.id}
            name={row.name}
            director={director}
            interval={interval}
            incidentId={incidentId}
            selected={rows.length > 1 && i === selected}
            onSelect={() => desk.select(i)}
            isPrivate={known.get(row.id)?.ownership === 'private'}
            audio={row.id === sound.heard}
          >
            <button
              type="button"
              aria-label={t('playback:remove', { name: row.name })}
              onClick={() => desk.toggle(row.id)}
            >
              ✕
            </button>
          </PlayTile>
        ))}
      </section>
      <footer className="pb-foot">
        <Transport director={director} zone={zone} act={act} />
        <Actions
          act={act}
          said={said}
          marked={inMs !== undefined}
          hasMarks={marks.some(isAlarm)}
          hasCamera={rows.length > 0}
          heard={sound.heard !== undefined}
        />
        {inMs !== undefined && (
          <ExportBar
            {...{ incidentId, inMs, outMs, zone }}
            cameraIds={cameras}
            open={exporting}
            onOpen={setExporting}
            onClear={() => act('clearMarks')}
          />
        )}
        <Timeline
          {...{ director, rows, selected, span, inMs, outMs, zone }}
          onSelect={desk.select}
          onSpan={desk.setSpan}
        />
      </footer>
      {help && <KeysHelp onClose={() => setHelp(false)} />}
    </main>
  )
}

function gridOf(count: number): number {
  return count <= 1 ? 1 : count <= 2 ? 2 : count <= 4 ? 4 : count <= 6 ? 6 : 9
}

interface ActionsProps {
  readonly act: (key: PlaybackKey) => void
  readonly said: string
  readonly marked: boolean
  readonly hasMarks: boolean
  readonly hasCamera: boolean
  readonly heard: boolean
}

const ACTIONS: readonly (readonly [PlaybackKey, string])[] = [
  ['previousMark', '⇧J'],
  ['nextMark', 'J'],
  ['markIn', 'I'],
  ['markOut', 'O'],
  ['still', 'S'],
  ['sound', 'M'],
  ['full', 'F'],
  ['newest', 'End'],
  ['live', 'L'],
  ['help', '?']
]

function Actions({ act, said, marked, hasMarks, hasCamera, heard }: ActionsProps) {
  const { t } = useTranslation()
  const whyNot = (key: PlaybackKey) => {
    if (key === 'live' && !hasCamera) return t('playback:why.camera')
    if (key === 'markOut' && !marked) return t('playback:why.markIn')
    return key.endsWith('Mark') && !hasMarks ? t('playback:why.noMarks') : undefined
  }
  return (
    <div className="pb-actions">
      {ACTIONS.map(([key, cap]) => (
        <Button
          key={key}
          keyCap={cap}
          whyNot={whyNot(key)}
          {...(key === 'sound' ? { 'aria-pressed': heard } : {})}
          onClick={() => act(key)}
        >
          {t(`playback:act.${key}`)}
        </Button>
      ))}
      <span className="m t12 el" role="status">
        {said}
      </span>
    </div>
  )
}

interface Hands {
  readonly marks: RecordingTimeline['marks']
  readonly still: () => void
  readonly sound: () => void
  readonly full: () => void
  readonly help: (open: boolean) => void
  readonly exporting: (open: boolean) => void
  readonly say: (word: 'tooShort') => void
}

function actOn(key: PlaybackKey, desk: Desk, hands: Hands): void {
  const { director, span, setSpan } = desk
  const now = serverNowMs()
  const length = span.toMs - span.fromMs
  const speed = SPEEDS.indexOf(director.view.speed)
  // Whoever looks for an alarm does not want every cat.
  const mark = (direction: 1 | -1, alarms: boolean) => {
    const wanted = hands.marks.filter(each => isAlarm(each) === alarms)
    const found = nextMark(wanted, director.atMs, direction)
    if (found) director.seek(found.atMs - MARK_LEAD_MS)
  }
  const acts: Readonly<Record<PlaybackKey, () => void>> = {
    toggle: () => director.toggle(),
    frameBack: () => director.step(-1),
    frameForward: () => director.step(1),
    back5: () => director.jump(-5_000),
    forward5: () => director.jump(5_000),
    back60: () => director.jump(-60_000),
    forward60: () => director.jump(60_000),
    slower: () => director.setSpeed(SPEEDS[Math.max(0, speed - 1)] ?? 1),
    faster: () => director.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, speed + 1)] ?? 1),
    nextMark: () => mark(1, true),
    previousMark: () => mark(-1, true),
    nextMotion: () => mark(1, false),
    previousMotion: () => mark(-1, false),
    markIn: () => desk.mark('in'),
    markOut: () => {
      if (desk.inMs !== undefined && Math.abs(director.atMs - desk.inMs) < MIN_RANGE_MS) hands.say('tooShort')
      else desk.mark('out')
    },
    clearMarks: () => {
      desk.mark('none')
      hands.exporting(false)
    },
    export: () => hands.exporting(true),
    still: hands.still,
    sound: hands.sound,
    full: hands.full,
    wider: () => setSpan(zoomed(span, 2, director.atMs, now)),
    narrower: () => setSpan(zoomed(span, 0.5, director.atMs, now)),
    earlier: () => setSpan(moved(span, -length / 2, now)),
    later: () => setSpan(moved(span, length / 2, now)),
    newest: () => director.seek(now - NEWEST_BACK_MS),
    live: () => {
      const cameraId = desk.cameras[desk.selected]
      if (cameraId !== undefined) navigate(wallPath(cameraId))
    },
    time: () => document.querySelector<HTMLInputElement>('#pb-time')?.select(),
    search: () => document.querySelector<HTMLInputElement>('#pb-search')?.focus(),
    help: () => hands.help(true),
    close: () => {
      hands.help(false)
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    }
  }
  acts[key]()
}

/** The newest fragment is on disk half a second after it was filmed. */
const NEWEST_BACK_MS = 1_500
