/** The rooms that place telephone calls for an incident: to its neighbours, and to whoever is taken into its call. */
import { type CalloutDeps, createCallouts } from './callouts.ts'
import { createVoiceParties, type VoicePartyDeps } from './voice-parties.ts'

export function createTelephoneRooms(deps: CalloutDeps & VoicePartyDeps) {
  const callouts = createCallouts(deps)
  const parties = createVoiceParties(deps)
  return {
    callouts,
    parties,
    stop() {
      callouts.stop()
      parties.stop()
    }
  }
}
