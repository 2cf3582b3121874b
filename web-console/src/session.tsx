/** Who is logged in, what site this is, and the feed that lives as long as the session. */
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ConsoleSettings, Role, SessionUser, SiteInfo } from '../../gateway/core/wire.ts'
import { forgetDrafts, ownDrafts } from './state/drafts.ts'
import { store, useConsole } from './state/store.ts'
import { get, post, Refusal } from './wire/api.ts'
import { feedSocket, startFeed } from './wire/feed.ts'

export interface Login {
  readonly login: string
  readonly password: string
  readonly seat?: number
  /** Refused with SEAT_NEEDED where no seat is named by whoever could sit. */
  readonly asksSeat?: boolean
}

export interface Session {
  /** `undefined` while the page asks; `null` when nobody is logged in. */
  readonly user: SessionUser | null | undefined
  readonly site: SiteInfo | undefined
  readonly settings: ConsoleSettings | undefined
  /** Throws `Refusal`. */
  readonly login: (login: Login) => Promise<void>
  readonly logout: () => Promise<void>
}

const SessionContext = createContext<Session | undefined>(undefined)

/** The session; only below `SessionProvider`. */
export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('useSession outside of SessionProvider')
  return session
}

/** The page a role starts on. */
export function homeOf(role: Role): string {
  switch (role) {
    case 'operator':
    case 'leader':
      return '/'
    case 'patrol':
      return '/patrol'
    case 'taxiDispatcher':
      return '/taxi'
    case 'administrator':
      return '/admin'
    case 'auditor':
      return '/reports'
  }
}

const ASK_AGAIN_MS = 3_000

/** Asks until the gateway answers: a page opened while it restarts must not stay blank; and again when `when` changes. */
function useAnswer<T>(
  wanted: boolean,
  path: string,
  refused: T | undefined,
  when = 0
): [T | undefined, (value: T) => void] {
  const [value, setValue] = useState<T>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew when it changes
  useEffect(() => {
    if (!wanted) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const ask = async () => {
      try {
        const answer = await get<T>(path)
        if (!gone) setValue(answer)
      } catch (error) {
        if (gone) return
        if (refused !== undefined && error instanceof Refusal && error.status === 401) setValue(refused)
        else timer = setTimeout(ask, ASK_AGAIN_MS)
      }
    }
    void ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [wanted, path, refused, when])
  return [value, setValue]
}

async function sessionGone(): Promise<boolean> {
  try {
    await get('/api/session')
    return false
  } catch (error) {
    return error instanceof Refusal && error.status === 401
  }
}

/** A log-in is long in a gateway that is just starting: its password is reckoned on purpose slowly. */
const LOGIN_MS = 30_000

const CHANNEL = 'pingan.session'
/** A window's own word comes back to it: to read the session anew would wipe what its feed has just brought. */
const ME = Math.random()

function tellOthers(): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage(ME)
  channel.close()
}

/** One log-in and one log-out for all windows of this browser: they share the cookie, so they share the person. */
function useOtherWindows(
  userId: string | undefined,
  setUser: (user: SessionUser | null) => void,
  loggedOut: () => void
): void {
  // One channel for as long as the window stands: what comes while it is changed for another would be lost.
  const own = useRef(userId)
  own.current = userId
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = (event: MessageEvent<unknown>) => {
      if (event.data === ME) return
      get<SessionUser>('/api/session').then(
        user => {
          // The feed goes on for the same person, and with it what it has brought.
          if (user.userId === own.current) return
          store.dispatch({ kind: 'reset' })
          setUser(user)
        },
        error => {
          if (!(error instanceof Refusal) || error.status !== 401) return
          // The other window logged out: nothing typed stays in this one either.
          forgetDrafts()
          loggedOut()
        }
      )
    }
    return () => channel.close()
  }, [setUser, loggedOut])
}

/** Keeps session, site and feed for everything below. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [site] = useAnswer<SiteInfo>(true, '/api/site', undefined)
  const [user, setUser] = useAnswer<SessionUser | null>(true, '/api/session', null)
  const settingsTold = useConsole(state => state.changes.settings ?? 0)
  const [settings] = useAnswer<ConsoleSettings>(Boolean(user), '/api/settings', undefined, settingsTold)

  const loggedOut = useCallback(() => {
    store.dispatch({ kind: 'reset' })
    setUser(null)
  }, [setUser])

  const userId = user?.userId
  useOtherWindows(userId, setUser, loggedOut)
  useEffect(() => {
    if (userId === undefined) return
    ownDrafts(userId)
    return startFeed({ store, connect: feedSocket, onLoggedOut: loggedOut, sessionGone })
  }, [userId, loggedOut])

  const session = useMemo<Session>(
    () => ({
      user,
      site,
      settings,
      login: async login => {
        setUser(await post<SessionUser>('/api/login', login, LOGIN_MS))
        tellOthers()
      },
      logout: async () => {
        await post('/api/logout')
        forgetDrafts()
        loggedOut()
        tellOthers()
      }
    }),
    [user, site, settings, setUser, loggedOut]
  )
  return <SessionContext value={session}>{children}</SessionContext>
}
