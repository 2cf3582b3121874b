/** A live picture that changes without black: what was shown stays beneath until the next one has its first frame. */
import { type ReactNode, useEffect, useState } from 'react'
import type { TileSound } from '../../player/listen-button.tsx'
import { LiveTile } from '../../player/live-tile.tsx'
import { pictureName } from '../../state/phone-videos.ts'
import { useConsole } from '../../state/store.ts'
import { NO_ZOOM, type Zoom, zoomText } from './zoom.ts'
import './picture.css'

export interface PictureProps {
  readonly cameraId: string
  readonly stream: 'main' | 'sub'
  /** Connected beforehand, because it is shown next. */
  readonly aheadId?: string | undefined
  /** Shown beneath until the main stream has its first frame. */
  readonly coverWithSub?: boolean
  readonly zoom?: Zoom
  readonly lead?: ReactNode
  readonly caption?: ReactNode
  readonly label?: ReactNode
  readonly asksReason?: boolean
  readonly sound?: TileSound
  /** The picture itself by WebRTC; what lies beneath it never. */
  readonly webrtc?: boolean
}

type Role = 'front' | 'under' | 'ahead'

interface Layer {
  readonly key: string
  readonly cameraId: string
  readonly stream: 'main' | 'sub'
  readonly role: Role
}

/** The picture before stays this long beneath the new one. */
const HOLD_MS = 3_000

/** In an order that never changes, since an element that is moved in the page stops playing. */
function useLayers({ cameraId, stream, aheadId, coverWithSub }: PictureProps): readonly Layer[] {
  const [pair, setPair] = useState<{ readonly front: string; readonly before?: string }>({ front: cameraId })
  if (pair.front !== cameraId) setPair({ front: cameraId, before: pair.front })
  const { before } = pair
  useEffect(() => {
    if (before === undefined) return
    const timer = setTimeout(() => setPair({ front: cameraId }), HOLD_MS)
    return () => clearTimeout(timer)
  }, [before, cameraId])

  const layers = new Map<string, Layer>()
  const add = (id: string, which: 'main' | 'sub', role: Role) =>
    layers.set(`${id}/${which}`, { key: `${id}/${which}`, cameraId: id, stream: which, role })
  if (aheadId !== undefined) add(aheadId, stream, 'ahead')
  if (before !== undefined) add(before, stream, 'under')
  if (coverWithSub && stream === 'main') add(cameraId, 'sub', 'under')
  add(cameraId, stream, 'front')
  return [...layers.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

export function Picture(props: PictureProps) {
  const { zoom = NO_ZOOM, lead, caption, label, asksReason, sound, webrtc } = props
  const layers = useLayers(props)
  const names = useConsole(state => layers.map(({ cameraId }) => pictureName(state, cameraId)))
  const style = {
    '--zoom': zoom.scale,
    '--zoom-x': `${zoom.x * 100}%`,
    '--zoom-y': `${zoom.y * 100}%`
  } as React.CSSProperties
  const times = zoomText(zoom)
  return (
    <div className="picture" style={style}>
      {layers.map((layer, n) => {
        const front = layer.role === 'front'
        return (
          <div key={layer.key} className={`layer ${layer.role}`} aria-hidden={front ? undefined : true} inert={!front}>
            <LiveTile
              cameraId={layer.cameraId}
              name={names[n] ?? layer.cameraId}
              stream={layer.stream}
              {...(front
                ? {
                    ...{ lead, caption, label },
                    ...(asksReason ? { asksReason } : {}),
                    ...(sound ? { sound } : {}),
                    ...(webrtc ? { webrtc } : {})
                  }
                : {})}
            />
          </div>
        )
      })}
      {times !== undefined && <span className="picture-zoom tile-tag white n">{times}</span>}
    </div>
  )
}

/** The element that shows the frame one looks at, for a still. */
export function shownVideo(within: Element | null): HTMLVideoElement | null {
  const videos = within?.querySelectorAll<HTMLVideoElement>(
    '.live-tile[data-state="live"] video, .live-tile[data-state="stale"] video'
  )
  const front = within?.querySelector<HTMLVideoElement>(
    '.layer.front .live-tile:is([data-state="live"], [data-state="stale"]) video'
  )
  return front ?? videos?.[0] ?? null
}
