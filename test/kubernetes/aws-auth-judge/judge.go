package main

import (
	"sigs.k8s.io/aws-iam-authenticator/pkg/mapper/configmap"
	"sigs.k8s.io/aws-iam-authenticator/pkg/token"
)

// document is one line of input.
type document struct {
	// Data is the ConfigMap's data; only mapRoles, mapUsers and mapAccounts are read.
	Data map[string]string `json:"data"`
	// Callers are who signs in, as STS names them.
	Callers []caller `json:"callers"`
}

// caller is what GetCallerIdentity answers, and the key that signed.
type caller struct {
	ARN         string `json:"arn"`
	Account     string `json:"account"`
	UserID      string `json:"userId"`
	AccessKeyID string `json:"accessKeyId"`
}

// verdict is one line of output.
type verdict struct {
	// Error is what ParseMap said of sections that it could not read, whole or in part; null when it read all.
	Error    *string       `json:"error"`
	Roles    []roleMapping `json:"roles"`
	Users    []userMapping `json:"users"`
	Accounts []string      `json:"accounts"`
	// Callers has the answer for each caller, in order.
	Callers []answer `json:"callers"`
}

// roleMapping is an element of mapRoles as read, in the order written.
type roleMapping struct {
	RoleARN  string   `json:"rolearn"`
	Username string   `json:"username"`
	Groups   []string `json:"groups"`
	UserId   string   `json:"userid"`
}

// userMapping is an element of mapUsers as read, in the order written.
type userMapping struct {
	UserARN  string   `json:"userarn"`
	Username string   `json:"username"`
	Groups   []string `json:"groups"`
	UserId   string   `json:"userid"`
}

// answer is what the API server learns: a user, or why there is none.
type answer struct {
	CanonicalARN string   `json:"canonicalArn"`
	SessionName  string   `json:"sessionName"`
	Mapped       bool     `json:"mapped"`
	Username     string   `json:"username"`
	Groups       []string `json:"groups"`
	Error        *string  `json:"error"`
}

func judge(document document) verdict {
	users, roles, accounts, err := configmap.ParseMap(document.Data)
	store := &configmap.MapStore{}
	saveMap(store, users, roles, accounts)
	server := serverOn(store)
	verdict := verdict{Error: text(err), Roles: []roleMapping{}, Users: []userMapping{}, Accounts: list(accounts)}
	for _, role := range roles {
		role.Groups = list(role.Groups)
		verdict.Roles = append(verdict.Roles, roleMapping(role))
	}
	for _, user := range users {
		user.Groups = list(user.Groups)
		verdict.Users = append(verdict.Users, userMapping(user))
	}
	verdict.Callers = make([]answer, 0, len(document.Callers))
	for _, caller := range document.Callers {
		verdict.Callers = append(verdict.Callers, signIn(server, caller))
	}
	return verdict
}

// signIn answers as the webhook does once STS has said who the caller is.
func signIn(server *handler, caller caller) answer {
	var said callerIdentity
	said.response.result.arn = caller.ARN
	said.response.result.account = caller.Account
	said.response.result.userID = caller.UserID
	identity, err := identityFrom(&token.Identity{AccessKeyID: caller.AccessKeyID}, said)
	if err != nil {
		return answer{Groups: []string{}, Error: text(err)}
	}
	username, groups, err := doMapping(server, identity)
	return answer{
		CanonicalARN: identity.CanonicalARN,
		SessionName:  identity.SessionName,
		Mapped:       err == nil,
		Username:     username,
		Groups:       list(groups),
		Error:        text(err),
	}
}

// text is an error's message, or null.
func text(err error) *string {
	if err == nil {
		return nil
	}
	message := err.Error()
	return &message
}

// list is never null.
func list(of []string) []string {
	if of == nil {
		return []string{}
	}
	return of
}
