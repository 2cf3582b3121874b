/** One tile of the wall: a camera, a tour or nothing yet; chosen, zoomed, dragged and filled by pointer and keys. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { cameraDragged, type Dragged, setDragged } from './drag.ts'
import { Picture } from './picture.tsx'
import { NO_ZOOM, pan, type Zoom, zoomBy } from './zoom.ts'

export interface TileContent {
  readonly camera: CameraView
  /** The number to type. */
  readonly number: number
  readonly aheadId?: string | undefined
  /** Where a tour stands. */
  readonly tour?: ReactNode
}

export interface TileProps {
  readonly slot: number
  readonly stream: 'main' | 'sub'
  readonly content: TileContent | undefined
  /** Words of an empty tile. */
  readonly empty: string
  readonly selected: boolean
  readonly zoom: Zoom | undefined
  readonly onSelect: () => void
  readonly onOpen: (cameraId: string) => void
  readonly onZoom: (zoom: Zoom) => void
  readonly onDrop: (dragged: Dragged) => void
  /** Over the chosen tile. */
  readonly bar: ReactNode
}

export function Tile(props: TileProps) {
  const { slot, content, empty, selected, zoom } = props
  return (
    <div className={`wall-cell${selected ? ' chosen' : ''}`} data-slot={slot}>
      {content ? (
        <Picture
          cameraId={content.camera.id}
          stream={props.stream}
          aheadId={content.aheadId}
          lead={String(content.number).padStart(2, '0')}
          label={<CameraTag camera={content.camera} />}
          caption={content.tour}
          {...(zoom ? { zoom } : {})}
        />
      ) : (
        <p className="wall-empty d">{empty}</p>
      )}
      <TileButton {...props} />
      {props.bar}
    </div>
  )
}

/** The whole tile is one button: a click chooses, a double click or Enter enlarges, the wheel zooms, a drag pans or moves. */
function TileButton({ slot, content, empty, selected, zoom, onSelect, onOpen, onZoom, onDrop }: TileProps) {
  const { t } = useTranslation()
  const zoomed = zoom !== undefined
  const open = () => content && onOpen(content.camera.id)
  return (
    <button
      type="button"
      className={`wall-open${zoomed ? ' zoomed' : ''}`}
      aria-label={content ? t('wall:open', { name: content.camera.name }) : empty}
      aria-pressed={selected}
      draggable={content !== undefined && !zoomed}
      onFocus={onSelect}
      onDragStart={event => content && setDragged(event.dataTransfer, { cameraId: content.camera.id, slot })}
      onDragOver={event => {
        if (cameraDragged(event.dataTransfer)) event.preventDefault()
      }}
      onDrop={event => {
        const dragged = cameraDragged(event.dataTransfer, true)
        if (!dragged) return
        event.preventDefault()
        onDrop(dragged)
      }}
      onClick={event => {
        // A key press on a button is a click without a pointer.
        if (event.detail === 0) open()
        else onSelect()
      }}
      onDoubleClick={open}
      onWheel={event => {
        if (!content) return
        const box = event.currentTarget.getBoundingClientRect()
        const [px, py] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
        onZoom(zoomBy(zoom ?? NO_ZOOM, event.deltaY < 0 ? 1.2 : 1 / 1.2, px, py))
      }}
      onPointerMove={event => {
        if (!zoom || event.buttons !== 1) return
        const box = event.currentTarget.getBoundingClientRect()
        onZoom(pan(zoom, -event.movementX / box.width, -event.movementY / box.height))
      }}
    />
  )
}

function CameraTag({ camera }: { readonly camera: CameraView }) {
  const { t } = useTranslation()
  if (camera.ownership === 'private') return <span className="tile-tag">{t('wall:private')}</span>
  return camera.infrared ? <span className="tile-tag">{t('wall:infrared')}</span> : null
}
