// Everything that a Go server does with Latchkey, one operation after the other; any refusal ends it.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log"
	"os"
	"strings"

	"github.com/clerk/clerk-sdk-go/v2"
	"github.com/clerk/clerk-sdk-go/v2/actortoken"
	"github.com/clerk/clerk-sdk-go/v2/allowlistidentifier"
	"github.com/clerk/clerk-sdk-go/v2/blocklistidentifier"
	"github.com/clerk/clerk-sdk-go/v2/client"
	"github.com/clerk/clerk-sdk-go/v2/emailaddress"
	"github.com/clerk/clerk-sdk-go/v2/jwttemplate"
	"github.com/clerk/clerk-sdk-go/v2/redirecturl"
	"github.com/clerk/clerk-sdk-go/v2/session"
	"github.com/clerk/clerk-sdk-go/v2/signintoken"
	"github.com/clerk/clerk-sdk-go/v2/testingtoken"
	"github.com/clerk/clerk-sdk-go/v2/user"
)

const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="

// An upload that is held in memory.
type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

func main() {
	ctx := context.Background()
	config := &clerk.ClientConfig{}
	config.Key = clerk.String(os.Getenv("CLERK_SECRET_KEY"))
	config.URL = clerk.String(os.Getenv("CLERK_API_URL") + "/v1")
	seen := map[string]any{}
	tag := random()
	email := tag + "+clerk_test@example.com"
	password := "a pass phrase " + tag

	users := user.NewClient(config)
	made := get(users.Create(ctx, &user.CreateParams{
		EmailAddresses: &[]string{email},
		Password:       &password,
		FirstName:      clerk.String("Grace"),
		LastName:       &tag,
		ExternalID:     clerk.String("ext-" + tag),
		PublicMetadata: raw(`{"plan":"pro","gone":1}`),
		CreatedAt:      clerk.String("2020-02-03T04:05:06Z"),
	}))
	id := made.ID
	for _, params := range []*user.ListParams{
		{Query: &tag, OrderBy: clerk.String("-created_at")},
		{Query: &tag, OrderBy: clerk.String("last_active_at")},
		{EmailAddressQuery: &tag},
		{NameQuery: &tag},
		{EmailAddresses: []string{email}},
		{ExternalIDs: []string{"ext-" + tag}},
		{UserIDs: []string{id}},
	} {
		list := get(users.List(ctx, params))
		must(len(list.Users) == 1 && list.TotalCount == 1 && list.Users[0].ID == id, "the list")
	}
	seen["counted"] = get(users.Count(ctx, &user.ListParams{Query: &tag})).TotalCount
	seen["name"] = *get(users.Update(ctx, id, &user.UpdateParams{FirstName: clerk.String("Ada")})).FirstName
	seen["merged"] = get(users.UpdateMetadata(ctx, id, &user.UpdateMetadataParams{
		PublicMetadata: raw(`{"seats":3,"gone":null}`),
	})).PublicMetadata
	seen["verified"] = get(users.VerifyPassword(ctx, &user.VerifyPasswordParams{UserID: id, Password: password})).Verified
	_, wrong := users.VerifyPassword(ctx, &user.VerifyPasswordParams{UserID: id, Password: "not it"})
	seen["wrong"] = wrong.(*clerk.APIErrorResponse).Errors[0].Code
	seen["banned"] = []bool{get(users.Ban(ctx, id)).Banned, get(users.Unban(ctx, id)).Banned}
	seen["locked"] = []bool{get(users.Lock(ctx, id)).Locked, get(users.Unlock(ctx, id)).Locked}
	content := get(base64.StdEncoding.DecodeString(picture))
	upload := &user.UpdateProfileImageParams{File: file{bytes.NewReader(content)}}
	seen["pictured"] = []bool{
		get(users.UpdateProfileImage(ctx, id, upload)).HasImage,
		get(users.DeleteProfileImage(ctx, id)).HasImage,
	}

	addresses := emailaddress.NewClient(config)
	second := "second." + tag + "@example.com"
	yes := true
	added := get(addresses.Create(ctx, &emailaddress.CreateParams{
		UserID: &id, EmailAddress: &second, Verified: &yes, Primary: &yes,
	}))
	must(get(addresses.Get(ctx, added.ID)).EmailAddress == second, "the address")
	must(get(addresses.Delete(ctx, *made.PrimaryEmailAddressID)).Deleted, "the old address")

	sessions := session.NewClient(config)
	begun := get(sessions.Create(ctx, &session.CreateParams{UserID: id}))
	must(get(sessions.Get(ctx, begun.ID)).UserID == id, "the session")
	seen["sessions"] = len(get(sessions.List(ctx, &session.ListParams{UserID: &id, Status: clerk.String("active")})).Sessions)
	seen["client"] = get(client.NewClient(config).Get(ctx, begun.ClientID)).SessionIDs[0] == begun.ID
	must(get(sessions.CreateToken(ctx, &session.CreateTokenParams{ID: begun.ID})).JWT != "", "the token")

	templates := jwttemplate.NewClient(config)
	name := "t-" + tag
	template := get(templates.Create(ctx, &jwttemplate.CreateParams{Name: &name, Claims: []byte(`{"who":"{{user.id}}"}`)}))
	must(get(templates.Get(ctx, template.ID)).Name == name, "the template")
	filled := get(sessions.CreateToken(ctx, &session.CreateTokenParams{ID: begun.ID, TemplateName: name})).JWT
	seen["template"] = claims(filled)["who"] == id
	ownKey := "a secret of thirty-two characters"
	get(templates.Update(ctx, template.ID, &jwttemplate.UpdateParams{
		Name:             &name,
		Claims:           []byte(`{}`),
		CustomSigningKey: &yes,
		SigningAlgorithm: clerk.String("HS256"),
		SigningKey:       &ownKey,
	}))
	owned := get(sessions.CreateToken(ctx, &session.CreateTokenParams{ID: begun.ID, TemplateName: name})).JWT
	seen["own_key"] = []bool{isSignedWith(ownKey, owned), isSignedWith(ownKey, filled)}
	must(get(templates.Delete(ctx, template.ID)).Deleted, "the template")
	seen["revoked"] = get(sessions.Revoke(ctx, &session.RevokeParams{ID: begun.ID})).Status

	seconds := int64(60)
	tickets := signintoken.NewClient(config)
	ticket := get(tickets.Create(ctx, &signintoken.CreateParams{UserID: &id, ExpiresInSeconds: &seconds}))
	seen["ticket"] = get(tickets.Revoke(ctx, ticket.ID)).Status
	actors := actortoken.NewClient(config)
	acting := get(actors.Create(ctx, &actortoken.CreateParams{UserID: &id, Actor: []byte(`{"sub":"user_admin"}`)}))
	seen["acting"] = get(actors.Revoke(ctx, acting.ID)).Status
	seen["testing"] = get(testingtoken.NewClient(config).Create(ctx)).Token != ""

	allowed := allowlistidentifier.NewClient(config)
	first := get(allowed.Create(ctx, &allowlistidentifier.CreateParams{Identifier: clerk.String("a." + second)}))
	must(len(get(allowed.List(ctx, &allowlistidentifier.ListParams{})).AllowlistIdentifiers) > 0, "the allow-list")
	get(allowed.Delete(ctx, first.ID))
	blocked := blocklistidentifier.NewClient(config)
	other := get(blocked.Create(ctx, &blocklistidentifier.CreateParams{Identifier: clerk.String("b." + second)}))
	must(len(get(blocked.List(ctx, &blocklistidentifier.ListParams{})).BlocklistIdentifiers) > 0, "the block-list")
	get(blocked.Delete(ctx, other.ID))
	urls := redirecturl.NewClient(config)
	back := get(urls.Create(ctx, &redirecturl.CreateParams{URL: clerk.String("https://" + tag + ".example/back")}))
	must(get(urls.Get(ctx, back.ID)).ID == back.ID, "the redirect URL")
	get(urls.Delete(ctx, back.ID))
	seen["deleted"] = get(users.Delete(ctx, id)).Deleted

	if err := json.NewEncoder(os.Stdout).Encode(seen); err != nil {
		log.Fatal(err)
	}
}

func get[T any](value T, err error) T {
	if err != nil {
		log.Panic(err)
	}
	return value
}

func must(holds bool, what string) {
	if !holds {
		log.Panicf("%s is not as it should be", what)
	}
}

func raw(text string) *json.RawMessage {
	message := json.RawMessage(text)
	return &message
}

func random() string {
	bytes := make([]byte, 6)
	get(rand.Read(bytes))
	return hex.EncodeToString(bytes)
}

func claims(jwt string) map[string]any {
	parts := bytes.Split([]byte(jwt), []byte("."))
	body := get(base64.RawURLEncoding.DecodeString(string(parts[1])))
	values := map[string]any{}
	get(0, json.Unmarshal(body, &values))
	return values
}

func isSignedWith(key, jwt string) bool {
	end := strings.LastIndex(jwt, ".")
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(jwt[:end]))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) == jwt[end+1:]
}
