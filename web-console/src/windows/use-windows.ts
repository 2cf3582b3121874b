/** Ties the windows of a seat together: a seat window says that it is there and where it stands; the floor opens those that are missing. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { SessionUser } from '../../../gateway/core/wire.ts'
import { navigate } from '../route.ts'
import {
  featuresOf,
  keptOf,
  type Layout,
  layoutKey,
  readLayout,
  SEAT_WINDOWS,
  type SeatWindow,
  seatWindowOf,
  windowName,
  writeBox
} from './layout.ts'
import { createPresence, type WindowWord } from './presence.ts'

const CHANNEL = 'pingan.windows'
const EVERY_MS = 2_000
const ME = Math.random()
/** Windows that this one has opened. */
const handles = new Map<SeatWindow, Window>()

/** True in a window of its own beside the floor: it stays what it is, whatever key is pressed in it. */
export const inSeatWindow = (): boolean => seatWindowOf(window.name) !== undefined

/** Goes there in place; a seat window stays what it is. False where nothing was done. */
export function goTo(path: string): boolean {
  if (inSeatWindow()) return false
  navigate(path)
  return true
}

/** In every window of who has the floor. */
export function useSeatWindow(user: SessionUser | null | undefined, path: string): void {
  const key = user && (user.role === 'operator' || user.role === 'leader') ? layoutKey(user) : undefined
  useEffect(() => {
    const mine = seatWindowOf(window.name)
    if (!key || mine !== path) return
    const channel = new BroadcastChannel(CHANNEL)
    const say = () => channel.postMessage({ here: mine, id: ME } satisfies WindowWord)
    const keep = () => {
      const { screenX: left, screenY: top, outerWidth: width, outerHeight: height } = window
      writeBox(key, mine, { left, top, width, height })
    }
    const leave = () => {
      keep()
      channel.postMessage({ gone: ME } satisfies WindowWord)
    }
    channel.onmessage = (event: MessageEvent<Partial<{ ask: true }>>) => {
      if (event.data?.ask) say()
    }
    say()
    keep()
    const timer = setInterval(() => {
      say()
      keep()
    }, EVERY_MS)
    window.addEventListener('pagehide', leave)
    return () => {
      clearInterval(timer)
      window.removeEventListener('pagehide', leave)
      channel.postMessage({ gone: ME } satisfies WindowWord)
      channel.close()
    }
  }, [key, path])
}

export interface SeatWindows {
  readonly open: ReadonlySet<SeatWindow>
  readonly layout: Layout
  /** May be opened by this person. */
  readonly paths: readonly SeatWindow[]
  /** False when the browser kept it back. */
  readonly show: (path: SeatWindow) => boolean
  /** Those remembered that are not open; answers how many were opened and how many the browser kept back. */
  readonly showAll: () => { readonly opened: number; readonly held: number }
  readonly forget: (path: SeatWindow) => void
}

export function useWindows(user: SessionUser): SeatWindows {
  const key = layoutKey(user)
  const presence = useRef(createPresence())
  const [open, setOpen] = useState<ReadonlySet<SeatWindow>>(new Set())
  const [layout, setLayout] = useState<Layout>(() => readLayout(key))
  // Who opened a window knows when it is closed; a browser may end one before it could say so. After a reload its own word counts.
  const isOpen = useCallback((path: SeatWindow) => {
    const handle = handles.get(path)
    return handle ? !handle.closed : presence.current.open(Date.now()).has(path)
  }, [])
  const look = useCallback(() => {
    setOpen(new Set(SEAT_WINDOWS.filter(isOpen)))
    setLayout(readLayout(key))
  }, [key, isOpen])
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = (event: MessageEvent<unknown>) => {
      presence.current.heard(event.data, Date.now())
      look()
    }
    channel.postMessage({ ask: true } satisfies WindowWord)
    const timer = setInterval(look, EVERY_MS)
    return () => {
      clearInterval(timer)
      channel.close()
    }
  }, [look])
  const paths = SEAT_WINDOWS.filter(path => path !== '/board' || user.role === 'leader')
  const show = (path: SeatWindow): boolean => {
    const opened = window.open(path, windowName(path), featuresOf(readLayout(key)[path]))
    if (opened) handles.set(path, opened)
    look()
    return opened !== null
  }
  return {
    ...{ open, layout, paths, show },
    showAll() {
      const missing = keptOf(readLayout(key), paths).filter(path => !isOpen(path))
      const opened = missing.filter(show).length
      return { opened, held: missing.length - opened }
    },
    forget(path) {
      writeBox(key, path, undefined)
      look()
    }
  }
}
