/** The rooms that place telephone calls: to an incident's neighbours, to whoever is taken into its call, and to many units at once. */
import { type CalloutDeps, createCallouts } from './callouts.ts'
import { createGroupCalls, type GroupCallDeps } from './group-calls.ts'
import { createVoiceParties, type VoicePartyDeps } from './voice-parties.ts'

export async function createTelephoneRooms(deps: CalloutDeps & VoicePartyDeps & GroupCallDeps) {
  const callouts = createCallouts(deps)
  const parties = createVoiceParties(deps)
  const groupCalls = await createGroupCalls(deps)
  return {
    callouts,
    parties,
    groupCalls,
    stop() {
      callouts.stop()
      parties.stop()
      groupCalls.stop()
    }
  }
}
