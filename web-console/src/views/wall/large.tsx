/** One camera over the whole wall in its main stream, the sub picture beneath until it is there; zoom, still, alarm place. Esc goes back. */
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TileSound } from '../../player/listen-button.tsx'
import { useWay } from '../../player/way.ts'
import { pictureName } from '../../state/phone-videos.ts'
import { isOpen } from '../../state/queue.ts'
import { useConsole } from '../../state/store.ts'
import { Button } from '../../ui/parts.tsx'
import { JUST_NOW_MS, PlaybackLink } from '../../ui/playback-link.tsx'
import { wallKeyOf } from './keys.ts'
import { Picture, shownVideo } from './picture.tsx'
import { NO_ZOOM, pan, type Zoom, zoomBy } from './zoom.ts'

export interface LargeTileProps {
  readonly cameraId: string
  readonly zoom: Zoom
  /** Said after a still: where it went or why not. */
  readonly word: string | undefined
  readonly onZoom: (zoom: Zoom) => void
  readonly onClose: () => void
  /** The camera before or after it. */
  readonly onStep: (by: 1 | -1) => void
  readonly onStill: (video: HTMLVideoElement | null) => void
  readonly onPlayback: () => void
  readonly onFloor: () => void
  /** Puts this camera into the alarm place. */
  readonly onPlace: () => void
}

const PAN: Readonly<Record<string, readonly [number, number]>> = {
  left: [-0.15, 0],
  right: [0.15, 0],
  up: [0, -0.15],
  down: [0, 0.15]
}

export function LargeTile(props: LargeTileProps) {
  const { cameraId, zoom, onZoom, onClose, onStep, onStill, onPlace, onPlayback, onFloor } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const name = useConsole(state => pictureName(state, cameraId))
  const sound = useTileSound(cameraId)
  const still = () => onStill(shownVideo(dialog.current))

  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  // A button in the picture that goes must not take the keys along.
  // biome-ignore lint/correctness/useExhaustiveDependencies: again for each camera
  useEffect(() => {
    dialog.current?.focus()
  }, [cameraId])

  /** Answers whether the key was used. */
  const press = (code: string, shift: boolean): boolean => {
    const key = code === 'Digit0' || code === 'Numpad0' ? ({ key: 'zoomOff' } as const) : wallKeyOf(code, shift)
    switch (key?.key) {
      case 'zoom':
        onZoom(zoomBy(zoom, key.factor))
        return true
      case 'zoomOff':
        onZoom(NO_ZOOM)
        return true
      case 'move': {
        const [dx = 0, dy = 0] = PAN[key.direction] ?? []
        if (zoom.scale > 1) onZoom(pan(zoom, dx, dy))
        else if (dx !== 0) onStep(dx < 0 ? -1 : 1)
        return true
      }
      case 'still':
        still()
        return true
      case 'sound':
        sound.set(!sound.on)
        return true
      case 'place':
        onPlace()
        return true
      case 'playback':
        onPlayback()
        return true
      case 'floor':
        onFloor()
        return true
      case 'open':
        onClose()
        return true
      default:
        return false
    }
  }
  return (
    <dialog
      ref={dialog}
      className="wall-large"
      tabIndex={-1}
      aria-label={name}
      onClose={onClose}
      onKeyDown={event => {
        if (event.target instanceof HTMLInputElement || event.ctrlKey || event.altKey || event.metaKey) return
        // A key that is held down switches the sound once.
        if (event.repeat && event.code === 'KeyM') return
        if (press(event.code, event.shiftKey)) event.preventDefault()
      }}
    >
      <LargePicture {...{ cameraId, zoom, onZoom, sound }} />
      <LargeBar {...props} onStillNow={still} />
    </dialog>
  )
}

/** Silent until it is wanted, for each camera anew. */
function useTileSound(cameraId: string): TileSound {
  const [heardId, setHeardId] = useState<string>()
  return { on: heardId === cameraId, set: on => setHeardId(on ? cameraId : undefined) }
}

interface LargePictureProps extends Pick<LargeTileProps, 'cameraId' | 'zoom' | 'onZoom'> {
  readonly sound: TileSound
}

function LargePicture({ cameraId, zoom, onZoom, sound }: LargePictureProps) {
  const box = useRef<HTMLDivElement>(null)
  const [panning, setPanning] = useState(false)
  const { webrtc } = useWay()
  // A private camera is asked for once, with its reason: no second look of the wall's own beside it.
  const open = useConsole(state => state.cameras.get(cameraId)?.ownership === 'public')
  const fraction = (x: number, y: number): readonly [number, number] => {
    const at = box.current?.getBoundingClientRect()
    return at ? [(x - at.left) / at.width, (y - at.top) / at.height] : [0.5, 0.5]
  }
  return (
    <div
      ref={box}
      className={`wall-large-picture${panning ? ' panning' : ''}`}
      onWheel={event =>
        onZoom(zoomBy(zoom, event.deltaY < 0 ? 1.2 : 1 / 1.2, ...fraction(event.clientX, event.clientY)))
      }
      onPointerDown={() => setPanning(zoom.scale > 1)}
      onPointerUp={() => setPanning(false)}
      onPointerMove={event => {
        const at = box.current?.getBoundingClientRect()
        if (at && event.buttons === 1) onZoom(pan(zoom, -event.movementX / at.width, -event.movementY / at.height))
      }}
    >
      <Picture
        key={cameraId}
        cameraId={cameraId}
        stream="main"
        coverWithSub={open}
        zoom={zoom}
        sound={sound}
        asksReason
        webrtc={webrtc}
      />
    </div>
  )
}

function LargeBar({
  cameraId,
  zoom,
  word,
  onZoom,
  onClose,
  onPlace,
  onStillNow
}: LargeTileProps & { readonly onStillNow: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="wall-large-bar row g8">
      <Button keyCap="Esc" onClick={onClose}>
        {t('wall:back')}
      </Button>
      <Button keyCap="S" onClick={onStillNow}>
        {t('wall:still')}
      </Button>
      <Button keyCap="+" onClick={() => onZoom(zoomBy(zoom, 1.25))} aria-label={t('wall:zoomIn')}>
        {t('wall:zoomIn')}
      </Button>
      <Button keyCap="0" onClick={() => onZoom(NO_ZOOM)} whyNot={zoom.scale === 1 ? t('wall:notZoomed') : undefined}>
        {t('wall:zoomOff')}
      </Button>
      <Button keyCap="P" onClick={onPlace}>
        {t('wall:toPlace')}
      </Button>
      <PlaybackLink cameras={[cameraId]} agoMs={JUST_NOW_MS} keyCap="B" />
      <WayButton />
      <span className="grow" />
      <Unowned />
      <span className="m el" role="status">
        {word ?? t('wall:largeHint')}
      </span>
    </div>
  )
}

/** Only where the gateway offers WebRTC. */
function WayButton() {
  const { t } = useTranslation()
  const { offered, webrtc, choose } = useWay()
  if (!offered) return null
  return (
    <Button title={t('wall:webrtcWhy')} onClick={() => choose(!webrtc)}>
      {t(webrtc ? 'wall:webrtcOff' : 'wall:webrtcOn')}
    </Button>
  )
}

/** The large picture covers the alarm place: who waits is said here. */
function Unowned() {
  const { t } = useTranslation()
  const count = useConsole(
    state => [...state.incidents.values()].filter(each => isOpen(each) && !each.owner && each.priority === 1).length
  )
  if (count === 0) return null
  return (
    <b className="t-red nw" role="alert">
      {t('wall:largeAlarm', { n: count })}
    </b>
  )
}
