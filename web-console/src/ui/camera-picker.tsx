/** Cameras to tick, in two columns: what is there and, in the order of ticking, what was chosen. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraView } from '../../../gateway/core/wire.ts'

export interface CameraPickerProps {
  readonly cameras: readonly CameraView[]
  readonly chosen: readonly string[]
  readonly onChosen: (cameraIds: readonly string[]) => void
}

const MAX_ROWS = 200

export function CameraPicker({ cameras, chosen, onChosen }: CameraPickerProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const words = text.trim().toLowerCase()
  const found = cameras.filter(camera => camera.name.toLowerCase().includes(words)).slice(0, MAX_ROWS)
  const names = new Map(cameras.map(camera => [String(camera.id), camera.name]))
  const toggle = (cameraId: string) =>
    onChosen(chosen.includes(cameraId) ? chosen.filter(each => each !== cameraId) : [...chosen, cameraId])
  return (
    <div className="camera-picker">
      <div className="col g6">
        <input
          className="wall-find"
          value={text}
          placeholder={t('wall:find')}
          aria-label={t('wall:find')}
          onChange={event => setText(event.target.value)}
        />
        <ul>
          {found.map(camera => (
            <li key={camera.id}>
              <label className="row g8">
                <input type="checkbox" checked={chosen.includes(camera.id)} onChange={() => toggle(camera.id)} />
                <span className="el">{camera.name}</span>
              </label>
            </li>
          ))}
        </ul>
      </div>
      <div className="col g6">
        <p className="m t12">{t('wall:chosenN', { n: chosen.length })}</p>
        <ol>
          {chosen.map((cameraId, index) => (
            <li key={cameraId}>
              <button type="button" className="row g8" title={t('wall:remove')} onClick={() => toggle(cameraId)}>
                <span className="n d">{index + 1}</span>
                <span className="el grow">{names.get(cameraId) ?? cameraId}</span>
                <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ol>
      </div>
    </div>
  )
}
