/** Why something was not done and what to do, in the words of the language; the code follows for the engineer only when there are no words. */
import type { TFunction } from 'i18next'
import { Refusal } from '../wire/api.ts'

/** Reasons that the lifecycle gives beside ILLEGAL_TRANSITION and DURESS_NEEDS_REPORT, as it writes them, with their word in `words:illegal`. */
export const ILLEGAL_REASONS: Readonly<Record<string, string>> = {
  'a closed incident stays as it is': 'closed',
  'it is acknowledged already': 'acknowledged',
  'nobody has acknowledged it yet': 'unacknowledged',
  'acknowledge it first': 'unacknowledged',
  'a duress incident stays priority 1': 'duressPriority',
  'a panic alarm stays priority 1 or 2': 'panicPriority',
  'before it is verified it can only be found false, a test or a duplicate': 'unverified',
  'without a unit on scene it is resolved only with words on why': 'feedback',
  'after the end the category is part of the feedback': 'categoryOver',
  'only a resolved incident is reviewed': 'reviewResolved',
  'a step is skipped with a reason': 'skipReason',
  'this step is ticked already': 'stepTicked',
  'this hand-over was answered already': 'handOverAnswered',
  'a refusal of theirs is kept with its reason': 'handOverReason',
  'an ended incident is handed over to nobody': 'handOverEnded',
  'it was handed over to them already': 'handOverTwice',
  'after the end a leader changes the result of one under duress': 'duressResult',
  'an incident under duress is merged into none': 'mergeDuress',
  'a unit is on its way or there: recall it first': 'mergeUnits',
  'an alarm and a trouble are not merged': 'mergeLane',
  'the other one is less urgent: raise its priority first': 'mergeUrgent',
  'nobody has acknowledged the other one yet': 'mergeUnowned',
  'it is linked with another open one only': 'linkOpen',
  'a unit ends it on scene only': 'finishScene',
  'under duress the floor ends it, after a report from the scene': 'finishDuress',
  'this class is sent by hand, with a reason': 'byHandReason',
  'only a resolved incident is reopened': 'reopenResolved',
  'it was resolved more than 24 hours ago': 'reopenLate',
  'only a resolved incident is closed': 'closeResolved',
  'a unit has not said that it left': 'closeUnits'
}

/** The same of steps that come too late or twice, of patrols, routes, evidence and terminals. */
export const STATE_REASONS: Readonly<Record<string, string>> = {
  'duress is known already': 'duressKnown',
  'it is merged into another one': 'mergeSelf',
  'an ended incident changes no hands': 'ended',
  'no more hand-overs fit': 'handOverFull',
  'a phrase is told while the incident is open': 'phraseOver',
  'nobody is rung any more': 'calloutStopped',
  'this household was not called': 'calloutHousehold',
  'the warning is given already': 'calloutWarned',
  'where the vehicle is now is not known': 'vehicleLost',
  'a place is not known': 'wayUnknown',
  'finish or withdraw from the order first': 'orderFirst',
  'off duty': 'offDuty',
  'off duty: no position is kept': 'offDuty',
  'the route is not walked at this time': 'routeClosed',
  tooManyHolds: 'holdsFull',
  released: 'holdReleased',
  exportOver: 'exportOver',
  'the registry file lists this terminal': 'terminalListed'
}

/** Those with something of the incident in them; what the groups name goes into the sentence. */
const FILLED_REASONS: readonly (readonly [RegExp, string])[] = [
  [/^\w+ is not possible in \w+$/, 'ended'],
  [/^no order goes to a device in \w+$/, 'ended'],
  [/^there is nothing to verify in \w+$/, 'verifyDone'],
  [/^closes by itself after (?<hours>[\d.]+) h$/, 'closeEarly'],
  [/^(?<number>\S+) of the same place is open$/, 'reopenSuccessor']
]

/** The same of the neighbours' call-out (gateway/core/callout.ts). */
export const CALLOUT_REASONS: Readonly<Record<string, string>> = {
  'the incident is over': 'calloutOver',
  'duress: nobody is rung': 'calloutDuress',
  'the neighbours are being rung already': 'calloutRunning',
  'there is no neighbour who can be rung': 'calloutNobody',
  'the neighbours were not called': 'calloutNone',
  'the call-out has ended': 'calloutEnded'
}

/** The same of who is taken into a call (gateway/core/voice-party.ts, gateway/compose/voice-parties.ts). */
export const PARTY_REASONS: Readonly<Record<string, string>> = {
  'duress: nobody else may be heard there': 'partyDuress',
  'this party is in the call already': 'partyTwice',
  'no more parties fit into the call': 'partyFull',
  'this party is not in the call': 'partyGone',
  'no number is set for this party': 'partyNumber',
  'nobody of this incident is on the telephone': 'partyNobody',
  'no line is free': 'partyLine'
}

/** Reasons of COMMAND_REFUSED (gateway/compose/device-commands.ts), with their word in `words:illegal`. */
export const COMMAND_REASONS: Readonly<Record<string, string>> = {
  'duress: nothing may be seen or heard there': 'commandDuress',
  'silent alarm: it would be seen or heard there': 'commandSilent',
  'somebody calls for help there: it is not disarmed': 'commandDisarm',
  'listening in is not switched on for this protocol': 'commandListen',
  'the same order is under way': 'commandUnderWay',
  'this source is not of this incident': 'commandSource',
  'no camera of this vehicle sends, or it is heard already': 'commandCabin'
}

/** The same of call-backs (gateway/compose/talk-desk.ts). */
export const TALK_REASONS: Readonly<Record<string, string>> = {
  'duress: a call would be heard there': 'callDuress',
  'silent alarm: a call would be heard there': 'callSilent',
  'the number is not of this incident': 'callNumber',
  'you are in a call already': 'callBusy',
  'no telephone line is set up': 'callNoExchange'
}

/** Reasons of SHIFT_REFUSED (gateway/work/shifts.ts, gateway/work/follow-ups.ts). */
export const SHIFT_REASONS: Readonly<Record<string, string>> = {
  'this hand-over was answered already': 'shiftAnswered',
  'nobody of the floor has this work number': 'shiftNobody',
  'a shift is handed over to somebody else': 'shiftSelf',
  'your hand-over waits for its answer already': 'shiftTwice',
  'an alarm waits: acknowledge it first': 'shiftWaiting',
  'duress: nobody is called there while it is open': 'callDuressOpen',
  'too many follow-up calls are open': 'callFull'
}

/** Reasons of GROUP_CALL_REFUSED (gateway/compose/group-calls.ts). */
export const GROUP_CALL_REASONS: Readonly<Record<string, string>> = {
  'a group call is under way: end it first': 'groupOpen',
  'nobody is meant by it': 'groupNobody',
  'a muster needs a place': 'groupPlace',
  'too many units for one group call': 'groupMany'
}

/** Reasons of MESSAGE_REFUSED (gateway/core/unit-message.ts, gateway/compose/incident-photos.ts, gateway/evidence/photo-bytes.ts). */
export const MESSAGE_REASONS: Readonly<Record<string, string>> = {
  'no such picture in this incident': 'messagePicture',
  'an incident keeps 200 messages': 'messageMany',
  'more than 30 within a minute': 'messageMinute',
  'an incident keeps 60 photos': 'photoMany',
  'no whole JPEG, PNG or WebP': 'photoKind',
  'larger than 8 MB': 'photoLarge',
  'too many pixels': 'photoLarge',
  'a picture without a size': 'photoKind'
}

/** Reasons of PHONE_VIDEO_REFUSED (gateway/compose/phone-video.ts). */
export const PHONE_VIDEO_REASONS: Readonly<Record<string, string>> = {
  'the unit was not sent to an incident of yours': 'videoNotYours',
  'the unit is off duty': 'videoOffDuty',
  'it is asked already': 'videoAsked',
  'too many phones at once': 'videoMany',
  'nobody asks for it': 'videoNobody',
  'only whoever is on duty sends': 'videoDuty',
  'somebody else of the team sends': 'videoOther',
  'only a press begins it': 'videoPress',
  'only the owner of its incident or a leader ends it': 'videoEnd'
}

export function refusalText(error: unknown, t: TFunction): string {
  if (!(error instanceof Refusal)) return t('words:error.UNKNOWN')
  if (error.lost) return t('words:answerLost')
  const { detail } = error
  const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    ILLEGAL_TRANSITION: { ...ILLEGAL_REASONS, ...STATE_REASONS, ...CALLOUT_REASONS, ...PARTY_REASONS },
    DURESS_NEEDS_REPORT: ILLEGAL_REASONS,
    SHIFT_REFUSED: SHIFT_REASONS,
    GROUP_CALL_REFUSED: GROUP_CALL_REASONS,
    MESSAGE_REFUSED: MESSAGE_REASONS,
    PHONE_VIDEO_REFUSED: PHONE_VIDEO_REASONS,
    COMMAND_REFUSED: { ...COMMAND_REASONS, ...TALK_REASONS }
  }
  const reason = reasons[error.code]?.[String(detail.why)]
  if (reason) return t(`words:illegal.${reason}`)
  if (error.code === 'ILLEGAL_TRANSITION')
    for (const [pattern, word] of FILLED_REASONS) {
      const found = pattern.exec(String(detail.why))
      if (found) return t(`words:illegal.${word}`, { ...found.groups })
    }
  if (error.code === 'NOT_OWNER' && detail.seat !== undefined) return t('words:takenBySeat', { seat: detail.seat })
  if (error.code === 'LOGIN_LOCKED' && detail.busy === true) return t('common:login.busy')
  const seconds = Number(detail.waitS ?? 60)
  return t([`words:error.${error.code}`, 'words:error.UNKNOWN'], { ...detail, seconds })
}

/** Before the log-in: what helps there is something else than on the floor. */
export function logInRefusalText(refused: unknown, t: TFunction): string {
  const code = refused instanceof Refusal ? refused.code : ''
  if (code === 'OFFLINE') return t('common:login.noAnswer')
  // A log-in is on record or does not happen (rule 11): pressing again is no help while the disk is full.
  if (code === 'STORE_FAILED') return t('common:login.notStored')
  return refusalText(refused, t)
}
