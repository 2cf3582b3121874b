/** By which way somebody wants large pictures: MSE, unless they chose WebRTC; kept in the browser for each log-in. */
import { useSyncExternalStore } from 'react'
import { useSession } from '../session.tsx'
import { hasWebrtc } from './peer.ts'

const listeners = new Set<() => void>()
const key = (login: string) => `pingan.webrtc.${login}`

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export interface WayChoice {
  /** False where this gateway or this browser has no WebRTC: then there is nothing to choose. */
  readonly offered: boolean
  readonly webrtc: boolean
  readonly choose: (webrtc: boolean) => void
}

export function useWay(): WayChoice {
  const { user, settings } = useSession()
  const login = user?.login ?? ''
  const chosen = useSyncExternalStore(listen, () => localStorage.getItem(key(login)) === '1')
  const offered = settings?.webrtc === true && hasWebrtc()
  return {
    offered,
    webrtc: offered && chosen,
    choose: webrtc => {
      if (webrtc) localStorage.setItem(key(login), '1')
      else localStorage.removeItem(key(login))
      for (const listener of listeners) listener()
    }
  }
}
