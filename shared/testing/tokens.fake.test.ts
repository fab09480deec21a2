import { accessTokensContract, eventsContract } from './tokens.contract.ts';
import { createFakeAccessTokens, createFakeEvents } from './tokens.fake.ts';

accessTokensContract('fake', (now) => {
  const tokens = createFakeAccessTokens(now);
  return { signer: tokens, verifier: tokens };
});

eventsContract('fake', () => {
  const events = createFakeEvents();
  return { signer: events, verifier: events };
});
