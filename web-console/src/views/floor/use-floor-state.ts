/** Puts the floor's state together: selection, queue, detail, choice of units, menu, sound. */
import i18next from 'i18next'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { NearNow } from '../../../../gateway/core/near-now.ts'
import type { IncidentAction, SessionUser } from '../../../../gateway/core/wire.ts'
import { useSound } from '../../sound/use-sound.ts'
import { bestUnit, chooseUnit, droppedOf, NO_CHOICE, stillFree, type UnitChoice } from '../../state/choice.ts'
import { useSelection } from '../../state/selection.ts'
import { store, useConsole } from '../../state/store.ts'
import { goTo } from '../../windows/use-windows.ts'
import { look, useLookedFor } from '../map/looked.ts'
import { type Floor, type Menu, type Tab, WIDE } from './floor-context.tsx'
import { useActions } from './use-actions.ts'
import { useDetail } from './use-detail.ts'
import { useKeptWords } from './use-kept-words.ts'
import { keptNear, useNearNow } from './use-near-now.ts'
import { useQueue } from './use-queue.ts'
import { useTold } from './use-told.ts'

const NOBODY: readonly string[] = []
/** The gateway ranks so many beside those near; the last ones that were asked for. */
const MOST_ALSO = 10

export function useFloorState(user: SessionUser): Floor {
  const { queue, touched } = useQueue(user)
  const [selectedId, select] = useSelection()
  const incident = useConsole(state => (selectedId ? state.incidents.get(selectedId) : undefined))
  const connected = useConsole(
    state => state.connection.phase === 'connected' || state.connection.phase === 'replaying'
  )
  const [others, setOthers] = useOf(incident?.id, NOBODY)
  const { candidates, similar, towards, asked, loaded } = useDetail(incident?.id, others)
  const actions = useActions()
  const sound = useSound(incident?.id, user)
  const [tab, setTab] = useState<Tab>('handle')
  const [follow, setFollow] = useState(true)
  const [framed, setFramed] = useState(0)
  const looked = useLookedFor()
  const [menu, openMenu] = useOf<Menu | undefined>(incident?.id, undefined)
  const [listening, setListening] = useOf(incident?.id, false)
  const [large, setLarge] = useOf<number | undefined>(incident?.id, undefined)
  const [near, setNear] = useOf<NearNow | undefined>(incident?.id, keptNear(incident))
  const best = bestUnit(candidates, incident)
  const kept = useCallback(
    (ids: readonly string[]) => stillFree(ids, { candidates, others, asked }),
    [candidates, others, asked]
  )
  const [chosen, chooseOne, chooseAnew, byHand] = useChoice(incident?.id, best, kept)
  const { run } = actions
  const { resting, rest } = useDigitsRest()
  const { told, tell } = useTold(rest)
  const lookNear = useNearNow({ incident, near, setNear, tell })
  // Whom he chose is ranked from now on, however many come nearer meanwhile.
  const choose = (unitId: string) => {
    if (!others.includes(unitId)) setOthers([...others, unitId].slice(-MOST_ALSO))
    chooseOne(unitId)
  }
  useEffect(() => {
    if (!loaded) return
    const still = kept(byHand)
    if (still.length === byHand.length) return
    const dropped = droppedOf(byHand, still, incident, store.get().units)
    chooseAnew(still)
    if (dropped.length > 0)
      tell(
        dropped
          .map(({ name, why }) => i18next.t(`floor:units.dropped.${why}`, { name }))
          .join(i18next.t('common:comma'))
      )
  }, [loaded, kept, byHand, incident, chooseAnew, tell])
  useKeptWords(incident, menu, tell)
  const shown = useRef(menu)
  shown.current = menu
  const act = useCallback(
    async (action: IncidentAction) => {
      if (!incident) return false
      const from = shown.current
      const done = await run(incident.id, action)
      // The answer may be slow: a menu that was opened meanwhile stays, or its digits would choose units.
      if (done && shown.current === from) {
        // Its last level is not the same for every category; the other menus end after a digit that everybody knows.
        if (from === 'category') rest()
        openMenu(undefined)
      }
      return done
    },
    [incident, run, openMenu, rest]
  )
  return {
    user,
    queue,
    touchedQueue: touched,
    incident,
    select,
    candidates,
    similar,
    towards,
    candidatesLoaded: loaded,
    chosen,
    choose,
    chooseOther(unitId) {
      if (!candidates.some(each => each.unitId === unitId))
        setOthers([...others.filter(each => each !== unitId), unitId].slice(-MOST_ALSO))
      chooseOne(unitId)
    },
    chooseAnew,
    actions,
    act,
    menu,
    openMenu,
    digitsRest: resting,
    ...{ told, tell },
    tab,
    setTab,
    follow,
    setFollow,
    framed,
    frameAll() {
      setFollow(false)
      setTab('map')
      setFramed(framed + 1)
    },
    looked,
    show(hit) {
      look(hit)
      if (!hit) return
      setFollow(false)
      setTab('map')
      if (!incident && !window.matchMedia(WIDE).matches) goTo('/map')
    },
    sound,
    listening,
    setListening,
    ...{ large, setLarge, near, lookNear },
    connected
  }
}

/** State that belongs to one incident: with another one open it starts afresh. */
function useOf<T>(owner: string | undefined, initial: T): readonly [T, (value: T) => void] {
  const [kept, setKept] = useState({ owner, value: initial })
  if (kept.owner !== owner) setKept({ owner, value: initial })
  // An answer that comes late, when another one is open, must not wipe what belongs to that.
  const set = useCallback((value: T) => setKept(now => (now.owner === owner ? { owner, value } : now)), [owner])
  return [kept.owner === owner ? kept.value : initial, set]
}

/** Longer than between two keys that are struck in one go, shorter than a thought. */
const DIGITS_REST_MS = 800

function useDigitsRest(): { readonly resting: () => boolean; readonly rest: () => void } {
  const untilMs = useRef(0)
  const resting = useCallback(() => performance.now() < untilMs.current, [])
  const rest = useCallback(() => {
    untilMs.current = performance.now() + DIGITS_REST_MS
  }, [])
  return { resting, rest }
}

/** Units that D sends: those chosen by hand, else the best one. */
function useChoice(
  incidentId: string | undefined,
  best: string | undefined,
  kept: (ids: readonly string[]) => readonly string[]
): readonly [readonly string[], (unitId: string) => void, (left: readonly string[]) => void, readonly string[]] {
  const [choice, setChoice] = useOf<UnitChoice>(incidentId, NO_CHOICE)
  const chosen = useMemo(() => {
    const still = kept(choice.chosen)
    return still.length > 0 ? still : best === undefined ? [] : [best]
  }, [choice.chosen, best, kept])
  const choose = useCallback(
    (unitId: string) => setChoice(chooseUnit({ chosen, before: choice.before }, unitId)),
    [setChoice, chosen, choice.before]
  )
  const chooseAnew = useCallback((left: readonly string[]) => setChoice({ ...NO_CHOICE, chosen: left }), [setChoice])
  return [chosen, choose, chooseAnew, choice.chosen]
}
