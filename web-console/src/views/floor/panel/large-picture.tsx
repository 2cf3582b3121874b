/** One of the live pictures large, below the row of all: who and where, the recorded seconds and the call stay in sight. Its key again or Esc makes it small. */
import { useWay } from '../../../player/way.ts'
import type { LivePicture } from '../../../state/phone-videos.ts'
import { useConsole } from '../../../state/store.ts'
import { Picture } from '../../wall/picture.tsx'

/** Of a vehicle the small stream: the large one would load its radio twice. */
export function LargePicture({ camera }: { readonly camera: LivePicture }) {
  const { webrtc } = useWay()
  // A private camera is asked for once, with its reason: no second look beside it.
  const open = useConsole(state => state.cameras.get(camera.cameraId)?.ownership === 'public')
  return (
    <div className="video-large">
      <Picture
        key={camera.cameraId}
        cameraId={camera.cameraId}
        stream={camera.vehicle ? 'sub' : 'main'}
        coverWithSub={open && !camera.vehicle}
        asksReason
        webrtc={webrtc}
      />
    </div>
  )
}
