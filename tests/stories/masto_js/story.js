// Two people's day with masto.js, the library that web clients are made with. Given: URL, PICTURE (a PNG file), NAME.
// Prints a line for each chapter; anything that is not as it should be ends the program with an error.
import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import { openAsBlob } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient, MastoHttpError } from "masto";

const { URL: url, PICTURE, NAME } = process.env;
const SCOPES = "read write follow push";
const OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob";
const told = (chapter) => console.log(`done: ${chapter}`);
const ids = (some) => some.map((one) => one.id);

async function until(look, what) {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await look();
    if (found) return found;
    await sleep(100);
  }
  throw new Error(`it did not come to be: ${what}`);
}

async function refused(promise, status, text) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof MastoHttpError, `${error}`);
    assert.equal(error.statusCode, status);
    assert.match(error.message, text);
    return true;
  });
}

// App, tokens, accounts ------------------------------------------------------------------------------------------------
const anybody = createRestAPIClient({ url });
const app = await anybody.v1.apps.create({
  clientName: "A story", redirectUris: [OUT_OF_BAND, "https://app.example/back"], scopes: SCOPES, website: "https://app.example",
});
assert.deepEqual(app.redirectUris, [OUT_OF_BAND, "https://app.example/back"]);
const oauth = createOAuthAPIClient({ url });
const keys = { clientId: app.clientId, clientSecret: app.clientSecret };
const appToken = await oauth.token.create({
  ...keys, grantType: "client_credentials", redirectUri: OUT_OF_BAND, scope: SCOPES,
});
assert.equal(appToken.tokenType, "Bearer");
const asApp = createRestAPIClient({ url, accessToken: appToken.accessToken });
assert.equal((await asApp.v1.apps.verifyCredentials()).name, "A story");
await refused(asApp.v1.accounts.verifyCredentials(), 422, /authenticated user/);
const instance = await anybody.v2.instance.fetch();
assert.equal(instance.configuration.statuses.maxCharacters, 500);

async function join(name) {
  const token = await asApp.v1.accounts.create({
    username: name, email: `${name}@mail.example`, password: "a good long one", agreement: true, locale: "en",
  });
  const api = createRestAPIClient({ url, accessToken: token.accessToken });
  const me = await api.v1.accounts.verifyCredentials();
  assert.equal(me.username, name);
  return { ...me, api: api, token: token.accessToken };
}
const ann = await join(`${NAME}_ann`);
const bob = await join(`${NAME}_bob`);
await refused(join(`${NAME}_ann`), 422, /already been taken/);
told("app, tokens, accounts");

// Streaming, from the first post on --------------------------------------------------------------------------------------
const streaming = createStreamingAPIClient({
  streamingApiUrl: instance.configuration.urls.streaming, accessToken: bob.token,
});
await streaming.prepare();
const heard = [];
const listening = [streaming.user, streaming.direct].map(async (stream) => {
  for await (const event of stream.subscribe()) heard.push(event);
});
const hears = (event, fits = () => true) =>
  until(() => heard.find((one) => one.event === event && fits(one.payload)), `${event} was heard`);

// Profile and who follows whom -------------------------------------------------------------------------------------------
const picture = await openAsBlob(PICTURE, { type: "image/png" });
const changed = await ann.api.v1.accounts.updateCredentials({
  displayName: "Ann in a story", note: "I tell #tales", avatar: picture, bot: false,
  fieldsAttributes: [{ name: "Home", value: "https://home.example" }], source: { language: "de" },
});
assert.equal(changed.displayName, "Ann in a story");
assert.equal(changed.fields[0].name, "Home");
assert.equal(changed.source.language, "de");
assert.equal((await fetch(changed.avatar)).status, 200);
assert.ok((await bob.api.v1.accounts.$select(ann.id).follow({ notify: true })).notifying);
assert.ok((await ann.api.v1.accounts.$select(bob.id).follow()).following);
const [relation] = await bob.api.v1.accounts.relationships.fetch({ id: [ann.id] });
assert.ok(relation.following && relation.followedBy && relation.notifying);
assert.equal((await bob.api.v1.accounts.lookup({ acct: ann.username })).id, ann.id);
await bob.api.v1.accounts.$select(ann.id).note.create({ comment: "tells stories" });
assert.deepEqual(ids(await anybody.v1.accounts.fetch({ id: [ann.id, bob.id] })).sort(), [ann.id, bob.id].sort());
told("profiles and follows");

// A post with a picture --------------------------------------------------------------------------------------------------
const media = await ann.api.v2.media.create({ file: picture, description: "A gradient", focus: "0.5,-0.5" });
assert.ok(media.url && media.blurhash);
assert.deepEqual(media.meta.focus, { x: 0.5, y: -0.5 });
assert.equal((await ann.api.v1.media.$select(media.id).update({ description: "Grey" })).description, "Grey");
const post = await ann.api.v1.statuses.create({
  status: `Look, @${bob.username} #storytime`, mediaIds: [media.id], spoilerText: "a picture", language: "en",
});
assert.equal(post.mediaAttachments[0].description, "Grey");
assert.equal(post.mentions[0].id, bob.id);
assert.equal(post.tags[0].name, "storytime");
assert.equal((await fetch(post.mediaAttachments[0].previewUrl)).status, 200);
assert.equal((await hears("update", (one) => one.id === post.id)).stream[0], "user");
await hears("notification", (one) => one.type === "mention" && one.status.id === post.id);
const edited = await ann.api.v1.statuses.$select(post.id).update({
  status: `Look again, @${bob.username} #storytime`, mediaIds: [media.id],
  mediaAttributes: [{ id: media.id, description: "Greyer" }],
});
assert.ok(edited.editedAt);
assert.equal(edited.mediaAttachments[0].description, "Greyer");
await hears("status.update", (one) => one.id === post.id);
assert.equal((await ann.api.v1.statuses.$select(post.id).history.list()).length, 2);
assert.match((await ann.api.v1.statuses.$select(post.id).source.fetch()).text, /^Look again/);
told("a post with a picture, edited");

// What one does with posts; threads; quotes --------------------------------------------------------------------------------
const its = bob.api.v1.statuses.$select(post.id);
assert.ok((await its.favourite()).favourited);
assert.ok((await its.bookmark()).bookmarked);
const boost = await its.reblog({ visibility: "public" });
assert.equal(boost.reblog.id, post.id);
assert.deepEqual(ids(await anybody.v1.statuses.$select(post.id).favouritedBy.list()), [bob.id]);
assert.deepEqual(ids(await anybody.v1.statuses.$select(post.id).rebloggedBy.list()), [bob.id]);
assert.deepEqual(ids(await bob.api.v1.favourites.list()), [post.id]);
assert.deepEqual(ids(await bob.api.v1.bookmarks.list()), [post.id]);
const reply = await bob.api.v1.statuses.create({ status: `@${ann.username} I look`, inReplyToId: post.id });
const context = await ann.api.v1.statuses.$select(reply.id).context.fetch();
assert.deepEqual([ids(context.ancestors), ids(context.descendants)], [[post.id], []]);
const quote = await bob.api.v1.statuses.create({ status: "Hear, hear", quotedStatusId: post.id });
assert.equal(quote.quote.state, "accepted");
assert.equal(quote.quote.quotedStatus.id, post.id);
assert.deepEqual(ids(await ann.api.v1.statuses.$select(post.id).quotes.list()), [quote.id]);
assert.equal((await ann.api.v1.statuses.$select(post.id).fetch()).quotesCount, 1);
assert.ok((await ann.api.v1.statuses.$select(post.id).pin()).pinned);
assert.deepEqual(ids(await anybody.v1.accounts.$select(ann.id).statuses.list({ pinned: true })), [post.id]);
assert.deepEqual(ids(await ann.api.v1.statuses.fetch({ id: [post.id, reply.id] })).sort(), [post.id, reply.id].sort());
const doomed = await ann.api.v1.statuses.create({ status: "Forget this" });
await hears("update", (one) => one.id === doomed.id);
assert.equal((await ann.api.v1.statuses.$select(doomed.id).remove()).text, "Forget this");
await hears("delete", (one) => `${one}` === doomed.id);
await refused(anybody.v1.statuses.$select(doomed.id).fetch(), 404, /not found/i);
told("favourites, boosts, threads, quotes");

// A poll -----------------------------------------------------------------------------------------------------------------
const asked = await ann.api.v1.statuses.create({
  status: "Which?", poll: { options: ["this", "that", "both"], expiresIn: 3600, multiple: true, hideTotals: false },
});
const voted = await bob.api.v1.polls.$select(asked.poll.id).votes.create({ choices: [0, 2] });
assert.deepEqual([voted.voted, voted.ownVotes, voted.votesCount, voted.votersCount], [true, [0, 2], 2, 1]);
assert.deepEqual((await ann.api.v1.polls.$select(asked.poll.id).fetch()).options.map((one) => one.votesCount), [1, 0, 1]);
await refused(bob.api.v1.polls.$select(asked.poll.id).votes.create({ choices: [0] }), 422, /already voted/);
told("a poll");

// Filters ------------------------------------------------------------------------------------------------------------------
const filter = await bob.api.v2.filters.create({
  title: "No snow", context: ["home", "thread"], filterAction: "warn", expiresIn: 3600,
  keywordsAttributes: [{ keyword: "snow", wholeWord: true }, { keyword: "sleet", wholeWord: false }],
});
assert.deepEqual(filter.keywords.map((one) => one.keyword), ["snow", "sleet"]);
await hears("filters_changed");
const snow = await ann.api.v1.statuses.create({ status: "It will snow" });
const filtered = (await bob.api.v1.timelines.home.list({ limit: 1 }))[0];
assert.equal(filtered.id, snow.id);
assert.deepEqual(filtered.filtered.map((one) => [one.filter.title, one.keywordMatches]), [["No snow", ["snow"]]]);
const narrower = await bob.api.v2.filters.$select(filter.id).update({
  filterAction: "hide",
  keywordsAttributes: [{ id: filter.keywords[0].id, _destroy: true }, { keyword: "hail", wholeWord: true }],
});
assert.deepEqual([narrower.filterAction, narrower.keywords.map((one) => one.keyword)], ["hide", ["sleet", "hail"]]);
const one = await bob.api.v2.filters.$select(filter.id).statuses.create({ statusId: snow.id });
assert.equal((await bob.api.v2.filters.statuses.$select(one.id).fetch()).statusId, snow.id);
assert.deepEqual(ids(await bob.api.v2.filters.list()), [filter.id]);
await bob.api.v2.filters.$select(filter.id).remove();
assert.deepEqual(await bob.api.v2.filters.list(), []);
told("filters");

// Lists and followed tags -------------------------------------------------------------------------------------------------
const list = await bob.api.v1.lists.create({ title: "Tellers", exclusive: false });
await bob.api.v1.lists.$select(list.id).accounts.create({ accountIds: [ann.id] });
assert.deepEqual(ids(await bob.api.v1.lists.$select(list.id).accounts.list()), [ann.id]);
assert.deepEqual(ids(await bob.api.v1.accounts.$select(ann.id).lists.list()), [list.id]);
assert.deepEqual(ids(await bob.api.v1.timelines.list.$select(list.id).list({ limit: 2 })), [snow.id, asked.id]);
assert.equal((await bob.api.v1.lists.$select(list.id).update({ title: "Told", exclusive: true })).title, "Told");
await bob.api.v1.lists.$select(list.id).accounts.remove({ accountIds: [ann.id] });
assert.deepEqual(await bob.api.v1.lists.$select(list.id).accounts.list(), []);
await bob.api.v1.lists.$select(list.id).remove();
assert.ok((await bob.api.v1.tags.$select("storytime").follow()).following);
assert.deepEqual((await bob.api.v1.followedTags.list()).map((tag) => tag.name), ["storytime"]);
assert.deepEqual(ids(await anybody.v1.timelines.tag.$select("storytime").list()), [post.id]);
assert.equal((await bob.api.v1.tags.$select("storytime").unfollow()).following, false);
const featured = await ann.api.v1.featuredTags.create({ name: "storytime" });
assert.deepEqual(ids(await anybody.v1.accounts.$select(ann.id).featuredTags.list()), [featured.id]);
told("lists and tags");

// Notifications, single and in groups -------------------------------------------------------------------------------------
const expected = ["favourite", "follow", "mention", "quote", "reblog"];
const single = await until(async () => {
  const page = await ann.api.v1.notifications.list({ limit: 40 });
  return expected.every((type) => page.some((each) => each.type === type)) && page;
}, "all notifications");
const liked = single.find((each) => each.type === "favourite");
assert.deepEqual([liked.account.id, liked.status.id], [bob.id, post.id]);
assert.deepEqual(ids(await ann.api.v1.notifications.list({ types: ["favourite"] })), [liked.id]);
assert.equal((await ann.api.v1.notifications.$select(liked.id).fetch()).groupKey, liked.groupKey);
const grouped = await ann.api.v2.notifications.list({ groupedTypes: ["favourite", "reblog", "follow"] });
const group = grouped.notificationGroups.find((each) => each.type === "favourite");
assert.deepEqual([group.notificationsCount, group.sampleAccountIds, group.statusId], [1, [bob.id], post.id]);
assert.ok(ids(grouped.accounts).includes(bob.id) && ids(grouped.statuses).includes(post.id));
assert.equal((await ann.api.v2.notifications.$select(group.groupKey).fetch()).notificationGroups[0].groupKey, group.groupKey);
assert.deepEqual(ids(await ann.api.v2.notifications.$select(group.groupKey).accounts.fetch()), [bob.id]);
assert.ok((await ann.api.v2.notifications.unreadCount.fetch()).count >= expected.length);
const newest = single[0].id;
await ann.api.v1.markers.create({ notifications: { lastReadId: newest } });
assert.equal((await ann.api.v1.markers.fetch({ timeline: ["notifications"] })).notifications.lastReadId, newest);
assert.equal((await ann.api.v2.notifications.unreadCount.fetch()).count, 0);
assert.equal((await ann.api.v2.notifications.policy.update({ forNotFollowing: "filter" })).forNotFollowing, "filter");
const eve = await join(`${NAME}_eve`);
await eve.api.v1.statuses.create({ status: `@${ann.username} hello?` });
const [request] = await until(async () => {
  const page = await ann.api.v1.notifications.requests.list();
  return page.length > 0 && page;
}, "a request");
assert.equal(request.account.id, eve.id);
await ann.api.v1.notifications.requests.$select(request.id).accept();
await until(async () => (await ann.api.v1.notifications.list({ accountId: eve.id })).length, "the request was merged");
await ann.api.v2.notifications.$select(group.groupKey).dismiss();
await refused(ann.api.v2.notifications.$select(group.groupKey).fetch(), 404, /not found/i);
await ann.api.v1.notifications.clear();
assert.deepEqual(await ann.api.v1.notifications.list(), []);
told("notifications");

// Search ------------------------------------------------------------------------------------------------------------------
const found = await bob.api.v2.search.list({ q: ann.username, type: "accounts" });
assert.deepEqual(ids(found.accounts), [ann.id]);
assert.equal((await bob.api.v2.search.list({ q: "#storyt", type: "hashtags" })).hashtags[0].name, "storytime");
assert.deepEqual(ids((await bob.api.v2.search.list({ q: post.url, resolve: true })).statuses), [post.id]);
assert.deepEqual(ids(await bob.api.v1.accounts.search.list({ q: ann.username, following: true })), [ann.id]);
told("search");

// Conversations -------------------------------------------------------------------------------------------------------------
const secret = await ann.api.v1.statuses.create({ status: `@${bob.username} psst`, visibility: "direct" });
const talk = (await hears("conversation", (each) => each.lastStatus?.id === secret.id)).payload;
assert.ok(talk.unread);
assert.deepEqual(ids(talk.accounts), [ann.id]);
assert.equal((await bob.api.v1.conversations.$select(talk.id).read()).unread, false);
assert.equal((await bob.api.v1.conversations.$select(talk.id).unread()).unread, true);
assert.deepEqual(ids(await bob.api.v1.conversations.list()), [talk.id]);
await bob.api.v1.conversations.$select(talk.id).remove();
assert.deepEqual(await bob.api.v1.conversations.list(), []);
await refused(eve.api.v1.statuses.$select(secret.id).fetch(), 404, /not found/i);
told("conversations");

// Pages by iterators -----------------------------------------------------------------------------------------------------------
const many = [];
for (let number = 0; number < 7; number += 1) {
  many.unshift((await eve.api.v1.statuses.create({ status: `Number ${number} #count${NAME}` })).id);
}
for (const pages of [
  anybody.v1.accounts.$select(eve.id).statuses.list({ limit: 3, excludeReplies: true, excludeReblogs: false }),
  anybody.v1.timelines.tag.$select(`count${NAME}`).list({ limit: 3 }),
  eve.api.v1.timelines.home.list({ limit: 3 }),
]) {
  const seen = [];
  for await (const page of pages) {
    assert.ok(page.length <= 3);
    seen.push(...ids(page));
  }
  assert.deepEqual(seen.slice(0, 7), many);
  assert.equal(new Set(seen).size, seen.length);
}
const upwards = [];
const from = anybody.v1.timelines.tag.$select(`count${NAME}`).list({ limit: 2, minId: many[6] }).setDirection("prev");
for await (const page of from) {
  if (page.length === 0) break;
  upwards.push(...ids(page).reverse());
}
assert.deepEqual(upwards, many.slice(0, 6).reverse());
for (const each of many.slice(0, 3)) await bob.api.v1.statuses.$select(each).favourite();
const favourites = [];
for await (const page of bob.api.v1.favourites.list({ limit: 2 })) favourites.push(...ids(page));
assert.deepEqual(favourites, [many[2], many[1], many[0], post.id]);
told("pages");

// Scheduled posts ---------------------------------------------------------------------------------------------------------------
const at = new Date(Date.now() + 3_600_000).toISOString();
const scheduled = await ann.api.v1.statuses.create({
  status: "Later", scheduledAt: at, visibility: "unlisted", poll: { options: ["a", "b"], expiresIn: 600 },
});
assert.equal(scheduled.scheduledAt, at);
assert.deepEqual([scheduled.params.text, scheduled.params.visibility], ["Later", "unlisted"]);
const moved = new Date(Date.now() + 7_200_000).toISOString();
assert.equal((await ann.api.v1.scheduledStatuses.$select(scheduled.id).update({ scheduledAt: moved })).scheduledAt, moved);
assert.deepEqual(ids(await ann.api.v1.scheduledStatuses.list()), [scheduled.id]);
await ann.api.v1.scheduledStatuses.$select(scheduled.id).remove();
assert.deepEqual(await ann.api.v1.scheduledStatuses.list(), []);
await refused(ann.api.v1.statuses.create({ status: "x", scheduledAt: "soon" }), 422, /Record invalid/);
told("scheduled posts");

// Reports, mutes, blocks ---------------------------------------------------------------------------------------------------------
const report = await bob.api.v1.reports.create({
  accountId: eve.id, statusIds: [many[0]], comment: "counts too much", category: "spam", forward: false,
});
assert.deepEqual([report.category, report.statusIds, report.targetAccount.id], ["spam", [many[0]], eve.id]);
assert.ok((await bob.api.v1.accounts.$select(eve.id).mute({ notifications: true, duration: 3600 })).muting);
assert.deepEqual(ids(await bob.api.v1.mutes.list()), [eve.id]);
assert.equal((await bob.api.v1.accounts.$select(eve.id).unmute()).muting, false);
assert.ok((await bob.api.v1.accounts.$select(eve.id).block()).blocking);
assert.deepEqual(ids(await bob.api.v1.blocks.list()), [eve.id]);
assert.equal((await bob.api.v1.accounts.$select(eve.id).unblock()).blocking, false);
told("reports, mutes, blocks");

// Push ---------------------------------------------------------------------------------------------------------------------------
const key = createECDH("prime256v1");
key.generateKeys();
const subscription = await bob.api.v1.push.subscription.create({
  subscription: {
    endpoint: "https://push.example/bob",
    keys: { p256dh: key.getPublicKey("base64url"), auth: randomBytes(16).toString("base64url") },
  },
  data: { alerts: { mention: true, follow: false }, policy: "followed" },
});
assert.deepEqual([subscription.alerts.mention, subscription.alerts.follow], [true, false]);
assert.equal(subscription.serverKey, instance.configuration.vapid.publicKey);
const louder = await bob.api.v1.push.subscription.update({ data: { alerts: { follow: true }, policy: "all" } });
assert.deepEqual([louder.alerts.follow, louder.policy], [true, "all"]);
assert.equal((await bob.api.v1.push.subscription.fetch()).endpoint, "https://push.example/bob");
await bob.api.v1.push.subscription.remove();
await refused(bob.api.v1.push.subscription.fetch(), 404, /./);
told("push");

// The end of a token ---------------------------------------------------------------------------------------------------------------
streaming.close();
await Promise.allSettled(listening);
await oauth.revoke({ ...keys, token: bob.token });
await refused(bob.api.v1.accounts.verifyCredentials(), 401, /invalid|revoked/);
told("the end");
process.exit(0);
