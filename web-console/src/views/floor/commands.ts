/** What each key does on the floor. Answers whether the key was used, so that an unused one keeps its meaning in the browser. */

import i18next from 'i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { pressClipKey } from '../../player/clip-key.ts'
import { openOrder, whyNotOrder } from '../../print/sheets.ts'
import { livePictures } from '../../state/phone-videos.ts'
import { isOpen, nextToTake, rowsOf } from '../../state/queue.ts'
import type { ActionName } from '../../state/rights.ts'
import { store } from '../../state/store.ts'
import { incidentToWall } from '../../state/wall-wish.ts'
import { pressVoiceKey } from '../../voice/voice-key.ts'
import { goTo } from '../../windows/use-windows.ts'
import { pressCallout } from './callout-key.ts'
import { dispatchChosen } from './dispatch.ts'
import { pressFile } from './file-key.ts'
import type { Floor, Menu } from './floor-context.tsx'
import type { Command } from './keys.ts'
import { activeAssignments, choosableOf } from './panel/candidate-lists.ts'
import { Foreseen } from './sent-steps.ts'

const MENU_OF: Readonly<Partial<Record<Command['name'], Menu>>> = {
  verify: 'nature',
  priority: 'priority',
  note: 'note',
  message: 'message',
  handOver: 'handOver',
  category: 'category',
  step: 'step',
  skipStep: 'skip',
  similar: 'similar',
  resolve: 'resolve',
  returnFeedback: 'returned',
  reopen: 'reopen',
  party: 'party',
  contact: 'contact',
  exportEvidence: 'export',
  holdEvidence: 'hold'
}

export function runCommand(floor: Floor, command: Command): boolean {
  const { incident, act } = floor
  switch (command.name) {
    case 'acknowledgeFirst':
      return acknowledgeFirst(floor)
    case 'up':
      return step(floor, -1)
    case 'down':
      return step(floor, 1)
    case 'open':
      return open(floor, rowsOf(floor.queue)[0])
    case 'large':
      return enlarge(floor, command.place)
    case 'digit':
      return chooseDigit(floor, command.digit)
    case 'tab':
      floor.setTab(command.tab)
      return true
    case 'escape':
      return goBack(floor)
    case 'soundTest':
      void floor.sound.test()
      return true
    case 'listen':
      // In a call M is the microphone.
      if (pressVoiceKey('mute')) return true
      floor.setListening(!floor.listening)
      return incident !== undefined
    case 'replay':
    case 'hear':
    case 'callBack':
    case 'hangUp':
      return pressVoiceKey(command.name)
    case 'clipBack':
      return pressClipKey('back5')
    case 'clipForward':
      return pressClipKey('forward5')
    case 'openWindows':
      return false
    case 'follow':
      floor.setFollow(!floor.follow)
      return true
    case 'frameAll':
      floor.frameAll()
      return true
    case 'map':
    case 'wall':
      return goTo(`/${command.name}`)
    case 'nearNow':
      return floor.lookNear()
    case 'toWall':
      if (incident) incidentToWall(incident.id)
      return incident !== undefined
    case 'shift':
    case 'followUp':
    case 'windows':
    case 'search':
    case 'keys':
      floor.openMenu(command.name)
      return true
    case 'dispatch':
      if (incident) void dispatchChosen(floor)
      return incident !== undefined
    case 'recall':
      return recall(floor)
    case 'otherUnit':
      return findOther(floor)
    case 'neighbours':
      return pressCallout(floor)
    case 'markDuress':
      if (incident && !incident.duress) void act({ action: 'markDuress' })
      return incident !== undefined
    case 'close':
      return pressFile(floor)
    case 'printOrder':
      return printOrder(floor)
    case 'take':
    case 'release':
      if (incident) void act({ action: command.name })
      return incident !== undefined
    default:
      return toggleMenu(floor, MENU_OF[command.name])
  }
}

function printOrder({ incident, user, tell }: Floor): boolean {
  if (!incident) return false
  const why = whyNotOrder(user, incident)
  if (why) tell(i18next.t(`print:whyNot.${why}`))
  else openOrder(incident, i18next.language)
  return true
}

/** A digit like the others: beside the choices of a menu it means nothing. */
function findOther({ incident, menu, digitsRest, openMenu }: Floor): boolean {
  if (!incident || !isOpen(incident)) return false
  if (!menu && !digitsRest()) openMenu('otherUnit')
  return true
}

/** With nobody to recall it says so: an empty list would take the digits. */
function recall(floor: Floor): boolean {
  const { incident, actions } = floor
  if (!incident) return false
  if (activeAssignments(incident).length > 0) return toggleMenu(floor, 'recall')
  actions.say(incident.id, 'recall', new Foreseen('nobodySent'))
  return true
}

/** It is opened; only when the gateway has confirmed it is it ours. Until that is known of one, no other is taken. */
export function acknowledgeFirst({ incident, queue, select, actions }: Floor): boolean {
  const underWay = actions.underWay('acknowledge')
  if (underWay !== undefined) {
    select(underWay)
    return true
  }
  const first = nextToTake(queue, incident)
  if (!first) return false
  select(first.id)
  void actions.run(first.id, { action: 'acknowledge' })
  return true
}

function step({ queue, incident, select, touchedQueue }: Floor, by: 1 | -1): boolean {
  const order = rowsOf(queue)
  if (order.length === 0) return false
  const at = order.findIndex(each => each.id === incident?.id)
  const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : Math.min(order.length - 1, Math.max(0, at + by))
  touchedQueue()
  select(order[next]?.id)
  return true
}

function open({ incident, select }: Floor, first: Incident | undefined): boolean {
  if (incident || !first) return false
  select(first.id)
  return true
}

/** A digit of a menu is no unit: neither beside its choices, nor a moment after the last of them has shut it. */
function chooseDigit({ candidates, incident, choose, menu, digitsRest, setLarge }: Floor, digit: number): boolean {
  if (menu || digitsRest()) return true
  const candidate = choosableOf(candidates, incident)[digit - 1]
  if (!candidate) return false
  // Whom one chooses must be seen.
  setLarge(undefined)
  choose(candidate.unitId)
  return true
}

/** The same key again makes it small. */
function enlarge({ incident, menu, large, setLarge, tell }: Floor, place: number): boolean {
  if (!incident) return false
  if (menu) return true
  if (large === place) setLarge(undefined)
  else if (livePictures(incident, store.get().phoneVideos)[place - 1]) setLarge(place)
  else tell(i18next.t('floor:video.noLarge'))
  return true
}

/** Back by one step: the menu, the large picture, the refusal, then the incident. */
function goBack({ menu, openMenu, large, setLarge, actions, looked, show, incident, select }: Floor): boolean {
  if (menu) openMenu(undefined)
  else if (large !== undefined) setLarge(undefined)
  else if (actions.saidOf(incident?.id)) actions.forget()
  else if (looked) show(undefined)
  else if (incident) select(undefined)
  else return false
  return true
}

/** Of what has ended none of their choices is possible any more; before the end, none of the others. */
const UNTIL_ENDED: Readonly<Partial<Record<Menu, ActionName>>> = {
  nature: 'verify',
  priority: 'setPriority',
  category: 'categorize',
  handOver: 'handOver110'
}
const ONCE_ENDED: Readonly<Partial<Record<Menu, ActionName>>> = { reopen: 'reopen', returned: 'returnFeedback' }

/** What was refused in another menu is not said in this one. */
export function toggleMenu({ menu, openMenu, incident, actions }: Floor, wanted: Menu | undefined): boolean {
  if (!wanted || !incident) return false
  const open = isOpen(incident)
  const action =
    (open || incident.state === 'closed' ? ONCE_ENDED[wanted] : undefined) ?? (open ? undefined : UNTIL_ENDED[wanted])
  const opens = menu !== wanted && !action
  if (opens) actions.forget()
  openMenu(opens ? wanted : undefined)
  if (action)
    actions.say(
      incident.id,
      action,
      new Foreseen(open ? 'notEnded' : incident.state === 'closed' ? 'filedAlready' : 'endedAlready')
    )
  return true
}
